// Buttons, menus, pickers and inputs as plain HTML controls that carry their ids.
import type { Element } from '../blocks/element.ts'
import type { Confirm, Option } from '../blocks/text-object.ts'
import type { StateValue } from '../state/views.ts'
import { attributes, type Html, html } from './html.ts'
import { renderPlainText, renderText } from './mrkdwn.ts'
import { renderChoices, renderMenu, renderSearch } from './render-choice.ts'
import type { Scene } from './scene.ts'

/** `sends` is whether a change goes to the app at once; `label` names a control that has no label of its own. */
export type Control = {
  blockId: string
  value?: StateValue | undefined
  sends: boolean
  label?: string | undefined
  describedBy?: string | undefined
  inputId?: string | undefined
  required?: boolean | undefined
}

export function renderElement(element: Element, control: Control, scene: Scene): Html {
  switch (element.type) {
    case 'image':
      return renderImage(element, scene, 'thumbnail')
    case 'button':
      return renderButton(element, control, scene)
    case 'overflow':
      return renderOverflow(element, control, scene)
    case 'radio_buttons':
    case 'checkboxes':
      return wrapped(element, control, scene, renderChoices(element, control, scene))
    case 'external_select':
    case 'multi_external_select':
      return wrapped(element, control, scene, renderSearch(element, control))
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return wrapped(element, control, scene, renderTyped(element, control))
    default:
      return wrapped(element, control, scene, renderMenu(element, control, scene))
  }
}

export function renderImage(
  image: { alt_text: string; image_url?: string | undefined; slack_file?: unknown },
  scene: Scene,
  kind: 'thumbnail' | 'picture' | 'icon',
): Html {
  return html`<img class="${kind}" src="${scene.imageUrl(image)}" alt="${image.alt_text}">`
}

function renderButton(
  element: Extract<Element, { type: 'button' }>,
  { blockId }: Control,
  scene: Scene,
): Html {
  const named = attributes({
    class: `button ${element.style ?? ''}`,
    'data-click': true,
    'data-block': blockId,
    'data-action': element.action_id,
    'data-value': element.value,
    'aria-label': element.accessibility_label,
  })
  const shared = html`${named} ${confirmOf(element, scene)}`
  const text = renderPlainText(element.text.text)
  return element.url
    ? html`<a href="${element.url}" target="_blank" rel="noopener" ${shared}>${text}</a>`
    : html`<button type="button" ${shared}>${text}</button>`
}

function renderOverflow(
  element: Extract<Element, { type: 'overflow' }>,
  { blockId }: Control,
  scene: Scene,
): Html {
  const item = (option: Option) => {
    const shared = html`role="menuitem" data-click data-block="${blockId}" data-action="${element.action_id}"
      data-value="${option.value}" ${confirmOf(element, scene)}`
    const text = renderPlainText(option.text.text)
    return option.url
      ? html`<a href="${option.url}" target="_blank" rel="noopener" ${shared}>${text}</a>`
      : html`<button type="button" ${shared}>${text}</button>`
  }
  return html`<details class="overflow"><summary aria-label="More actions">⋯</summary>
    <div role="menu">${element.options.map(item)}</div></details>`
}

function renderTyped(
  element: Extract<Element, { action_id?: string | undefined; type: string }>,
  control: Control,
): Html {
  const value = Object.entries(control.value ?? {}).find(([key]) => key !== 'type')?.[1]
  const text = value === null || value === undefined ? '' : String(value)
  const placeholder = 'placeholder' in element ? (element.placeholder?.text ?? '') : ''
  const shared = attributes({
    id: control.inputId,
    placeholder,
    'aria-label': control.inputId ? undefined : (control.label ?? placeholder),
    'aria-describedby': control.describedBy,
    'aria-required': control.required ? 'true' : undefined,
  })
  if (element.type === 'plain_text_input' && element.multiline)
    return html`<textarea rows="4" data-entry ${shared}>${text}</textarea>`
  if (element.type === 'datetimepicker')
    return html`<input type="datetime-local" data-entry data-epoch-value="${text}" ${shared}>`
  const type = { datepicker: 'date', timepicker: 'time' }[element.type as string] ?? 'text'
  const mode = element.type === 'number_input' ? html`inputmode="decimal"` : ''
  return html`<input type="${type}" data-entry value="${text}" autocomplete="off" ${mode} ${shared}>`
}

function wrapped(element: Element, control: Control, scene: Scene, inside: Html): Html {
  const config = 'dispatch_action_config' in element ? element.dispatch_action_config : undefined
  const when = config?.trigger_actions_on.join(' ') ?? 'on_enter_pressed'
  return html`<div class="control ${element.type}" data-control="${element.type}" data-block="${control.blockId}"
    data-action="${'action_id' in element ? element.action_id : ''}" ${control.sends ? html`data-sends="${when}"` : ''}
    ${confirmOf(element, scene)}>${inside}</div>`
}

/** The dialog's words, ready to show. */
function confirmOf(element: Element, scene: Scene): Html | '' {
  const confirm: Confirm | undefined = 'confirm' in element ? element.confirm : undefined
  if (!confirm) return ''
  const words = {
    title: confirm.title.text,
    text: renderText(confirm.text, scene.directory).html,
    confirm: confirm.confirm.text,
    deny: confirm.deny.text,
    style: confirm.style ?? '',
  }
  return html`data-confirm="${JSON.stringify(words)}"`
}
