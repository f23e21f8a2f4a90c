// One decision as a form that is there when it is opened, and works without script.
import type { RolloutView } from '../../../server/domain/rollout-view.ts'
import { type Content, type Html, html } from '../../html.ts'

export type Sent = { action: string; formToken: string; commandId: string }
/** Fields of a form as somebody sent them. */
export type Written = Partial<Record<string, string>>

export type DecisionForm = {
  verb: string
  /** What tells several forms of a verb apart: a gate. */
  target?: string
  /** What opens it. */
  summary: string
  /** What it does, before the fields. */
  intro?: Content
  fields: Content
  /** The button that sends it. */
  submit: string
  tone?: 'go' | 'stop'
}

export function decisionForm(
  form: DecisionForm,
  view: RolloutView,
  sent: Sent,
  written: Written | null,
): Html {
  const key = `decide-${form.verb}${form.target === undefined ? '' : `-${form.target}`}`
  const isOpen = written !== null && written.verb === form.verb && written.gate === form.target
  return html`<details data-keep="${key}"${form.tone !== undefined && html` class="${form.tone}"`}${isOpen && html` open`}><summary>${form.summary}</summary>
<form method="post" action="${sent.action}">
${hidden('token', sent.formToken)}${hidden('verb', form.verb)}${hidden('command', `${sent.commandId}:${key}`)}
${hidden('deployment', view.deployment.id)}${hidden('stage', view.stageIndex)}${hidden('version', view.version)}
${form.intro ?? null}${form.fields}
<button>${form.submit}</button>
</form></details>`
}

export function hidden(name: string, value: string | number): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}

export function reasonField(
  label: string,
  { required, written }: { required: boolean; written: string | undefined },
): Html {
  return html`<label>${label}${!required && ' (may be left empty)'}<textarea name="why" rows="2" maxlength="1000"${required && html` required`}>${written ?? ''}</textarea></label>`
}

export function confirmField(label: string): Html {
  return html`<label class="check"><input type="checkbox" name="confirmed" value="yes" required> ${label}</label>`
}
