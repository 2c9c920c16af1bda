import * as l10n from '@vscode/l10n';

// One for the whole process, as the messages of `@vscode/l10n` are: a shell sets both before it shows the first text.
let current = 'en';
let currentMessages = 'en';

/**
 * Sets the language of all texts, numbers and dates.
 * @param language BCP 47; default `en`
 * @param bundle the translated messages by their English ones; without it, texts are English
 */
export function setDisplayLanguage(language: string, bundle?: Readonly<Record<string, string>>): void {
  current = language;
  currentMessages = bundle ? language : 'en';
  l10n.config({ contents: { ...bundle } });
}

/** The language that texts, numbers and dates are shown in, as a BCP 47 tag. */
export function displayLanguage(): string {
  return current;
}

/** The language of the messages, as a BCP 47 tag: English where there are no translated ones. */
export function messageLanguage(): string {
  return currentMessages;
}

/**
 * Makes something that depends on the display language when it is first needed, and again only if the language changes. Making a formatter for
 * each of 5,000 rows would take longer than everything else about them.
 */
export function inDisplayLanguage<T>(make: (language: string) => T): () => T {
  let made: { readonly language: string; readonly messages: string; readonly value: T } | undefined;
  return () => {
    if (made?.language !== current || made.messages !== currentMessages) {
      made = { language: current, messages: currentMessages, value: make(current) };
    }
    return made.value;
  };
}
