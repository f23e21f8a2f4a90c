// What a replay is asked for: a plain form.
import { type ReplayAsked, replayAsked } from '../../server/domain/backtest/replay-asked.ts'
import { presetNames } from '../../server/domain/plan.ts'
import { riskClass } from '../../server/domain/risk-classes.ts'
import { type Html, html } from '../html.ts'

const classWords: Record<ReplayAsked['riskClass'], string> = {
  policy: 'as the policy has them now',
  low: 'of the low risk class',
  standard: 'of the standard risk class',
  high: 'of the high risk class',
}

/** It takes minutes of a processor, so it is sent like a decision: with the token of the person's session. */
export function replayForm(
  asked: ReplayAsked,
  { action, formToken, isBusy }: { action: string; formToken: string | null; isBusy: boolean },
): Html {
  return html`<form class="filters" method="post" action="${action}">
<input type="hidden" name="token" value="${formToken ?? ''}">
<label>Plan <select name="preset">${presetNames.map((name) => option(name, name, asked.preset))}</select></label>
<label>Gates <select name="risk_class">${(['policy', ...riskClass.options] as const).map((name) => option(name, classWords[name], asked.riskClass))}</select></label>
${number('days', 'Days of history', asked.days)}
${number('rollouts', 'Rollouts to play', asked.rollouts)}
<button type="submit"${isBusy && html` disabled`}>Replay</button>
</form>`
}

function option(value: string, name: string, chosen: string): Html {
  return html`<option value="${value}"${value === chosen && html` selected`}>${name}</option>`
}

function number(name: 'days' | 'rollouts', label: string, value: number): Html {
  const { minValue, maxValue } = replayAsked.shape[name].unwrap()
  return html`<label>${label} <input type="number" name="${name}" value="${value}" min="${minValue ?? 0}" max="${maxValue ?? 1000}" required></label>`
}

export function askedText({ preset, riskClass, days, rollouts }: ReplayAsked): string {
  return `the ${preset} plan with gates ${classWords[riskClass]}, ${rollouts} rollouts over ${days} days of history`
}
