/** Shorter ones would tear ordinary words apart. */
const shortest = 4;

/** `text` with each of these secrets replaced by dots, also where it stands as JSON or a URL writes it (invariant 9). */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())])
    .reduce((rest, form) => rest.replaceAll(form, '•••'), text);
}
