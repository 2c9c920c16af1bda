import type { LiteralSearch } from './literalMentions.ts';
import { MentionFindings } from './mentionFindings.ts';
import { PositionCounter } from './positionCounter.ts';

/** The literal mentions of a text, with their places. */
export function findMentions(text: string, search: LiteralSearch): MentionFindings {
  const findings = new MentionFindings();
  const counter = new PositionCounter();
  let counted = 0;
  for (const mention of search.mentionsIn(text)) {
    const placeOf = () => {
      counter.advance(text.slice(counted, mention.at));
      counted = mention.at;
      const { line, column } = counter.position;
      return { line, column: column - (mention.at - mention.start) };
    };
    if (!findings.add(mention, text, placeOf)) break;
  }
  return findings;
}
