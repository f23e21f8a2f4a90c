// What a year of rollouts comes to, in four numbers.
import type { Learning } from '../../server/domain/learning/learning.ts'
import type { Estimate } from '../../server/domain/learning/prevented.ts'
import { count, counted } from '../format/count.ts'
import { absent, percentInterval, roundPercent } from '../format/rate.ts'
import { span } from '../format/spans.ts'
import { type Html, html } from '../html.ts'

export function inBrief({ all, detected, reverted, prevented }: Learning): Html {
  const { takenBack } = all
  return html`<dl class="numbers">
${figure('Taken back', takenBack.share === null ? absent : roundPercent(takenBack.share), `${takenBack.count} of ${takenBack.of} decided rollouts${takenBack.share === null ? '' : `; 95 %: ${percentInterval(takenBack.lower, takenBack.upper)}`}${takenBack.isFew ? '; few' : ''}`)}
${figure('Time to detect', span(detected.median), `median of ${count(detected.count)}, from the first station on the build to the breach${detected.count > 1 ? `; nine of ten within ${span(detected.ninth)}` : ''}`)}
${figure('Time to revert', span(reverted.median), `median of ${count(reverted.count)}, from the decision to the last station proven back${reverted.count > 1 ? `; nine of ten within ${span(reverted.ninth)}` : ''}`)}
${figure('Failures prevented', sparedText(prevented.failures), spared(prevented))}
</dl>`
}

function figure(name: string, value: string, about: string): Html {
  return html`<div><dt>${name}</dt><dd><strong>${value}</strong><small>${about}</small></dd></div>`
}

/** Where the bounds leave open whether there is any, no number stands for it. */
function sparedText(failures: Estimate | null): string {
  if (failures === null) return absent
  return failures.low <= 0 ? 'not shown' : `about ${count(failures.estimate)}`
}

function spared({ rollouts, unknown, failures, canaryFailures }: Learning['prevented']): string {
  const more = unknown === 0 ? '' : `; ${count(unknown)} more cannot be reckoned`
  if (failures === null) return `no stopped rollout of which it can be reckoned${more}`
  const bounds = `${rangeText(failures)} against going everywhere at once, in ${counted(rollouts, 'stopped rollout')}`
  const cost = canaryFailures === null ? '' : `; the canary stations had ${rangeText(canaryFailures)}`
  return `${bounds}${cost}${more}`
}

function rangeText({ low, high }: Estimate): string {
  return `${signed(low)} to ${signed(high)}`
}

function signed(value: number): string {
  const text = count(Math.abs(value))
  return value < 0 && text !== '0' ? `\u2212${text}` : text
}
