// The words of containment, shared by its page and the rollout's: what is open, who answered for it, what is left out.
import {
  type Containment,
  type ContainmentSignOff,
  changedSince,
  type Occasion,
} from '../../server/domain/containment.ts'
import { count, counted } from '../format/count.ts'
import { time, withTimes } from '../format/instant.ts'
import { actorName, capitalised, gateWord, sentence } from '../format/words.ts'
import { type Html, html } from '../html.ts'

/** Which list to begin with, and why. */
export function advice({ first }: Pick<Containment, 'first'>): string {
  return first === 'escapes'
    ? 'What was breached says that bad units may pass: begin with the possible escapes.'
    : 'A test that judges wrongly may have passed bad units and failed good ones: both lists matter.'
}

/** Where the sign-off stands, in one sentence. */
export function signOffState(list: Containment): Html {
  const [latest] = list.signOffs
  if (list.state === 'nothing to contain')
    return html`<p class="quiet">${list.counts.units === 0 ? 'The build has judged no unit.' : 'Nothing of this rollout was breached, aborted or rolled back: nothing asks for containment.'}</p>`
  if (latest === undefined)
    return html`<p><strong class="word breach">not signed off</strong> Nobody has answered for these units yet.</p>`
  return list.state === 'changed'
    ? html`<p><strong class="word breach">changed since its sign-off</strong> ${capitalised(changedSince(list))}: it is to be signed off again.</p>`
    : html`<p><strong class="word pass">signed off</strong> ${signed(latest)}</p>`
}

export function signed({ by, at, note, units, open }: ContainmentSignOff): Html {
  return html`${actorName(by)}, ${time(at)}, for ${counted(units, 'unit')}${open > 0 && html`, ${count(open)} of them not tested again to an end`}: <q>${note}</q>`
}

export function occasionSentence({ kind, at, gate, why, by }: Occasion): Html {
  const who = by === null ? null : html` by ${actorName(by)}`
  const words = {
    breach: html`Breach of ${gateWord(gate ?? '')}`,
    'watch alarm': html`Alarm of the watch: ${gateWord(gate ?? '')}`,
    abort: html`Aborted${who}`,
    rollback: html`Rolled back${who}`,
  }
  return html`${words[kind]}, ${time(at)}: ${withTimes(sentence(why))}`
}
