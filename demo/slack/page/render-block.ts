// Blocks as HTML.
import type { Block } from '../blocks/block.ts'
import { elementsOf } from '../blocks/check-blocks.ts'
import type { Element } from '../blocks/element.ts'
import { stateValues } from '../blocks/input-state.ts'
import { type Html, html } from './html.ts'
import { renderPlainText, renderText } from './mrkdwn.ts'
import { renderDisplayBlock } from './render-display-block.ts'
import { type Control, renderElement, renderImage } from './render-element.ts'
import { renderTable } from './render-table.ts'
import type { Scene } from './scene.ts'

export function renderBlocks(blocks: Block[], scene: Scene): Html {
  const values = stateValues(blocks, scene.values)
  return html`<div class="blocks">${blocks.map((block) => renderBlock(block, { ...scene, values }))}</div>`
}

function renderBlock(block: Block, scene: Scene): Html {
  const { directory } = scene
  switch (block.type) {
    case 'header':
      return html`<h3 class="header">${renderPlainText(block.text.text)}</h3>`
    case 'divider':
      return html`<hr>`
    case 'section':
      return html`<div class="section"><div class="words">
        ${block.text ? html`<div>${renderText(block.text, directory)}</div>` : ''}
        ${block.fields ? html`<div class="fields">${block.fields.map((field) => html`<div>${renderText(field, directory)}</div>`)}</div>` : ''}
        </div>${block.accessory ? html`<div class="accessory">${acting(block.accessory, block, scene)}</div>` : ''}</div>`
    case 'context':
      return html`<div class="context">${block.elements.map((element) =>
        element.type === 'image'
          ? renderImage(element, scene, 'icon')
          : html`<span>${renderText(element, directory)}</span>`,
      )}</div>`
    case 'actions':
      return html`<div class="actions">${block.elements.map((element) => acting(element, block, scene))}</div>`
    case 'image':
      return html`<figure>${block.title ? html`<figcaption>${renderPlainText(block.title.text)}</figcaption>` : ''}
        ${renderImage(block, scene, 'picture')}</figure>`
    case 'input':
      return renderInput(block, scene)
    case 'table':
    case 'data_table':
      return renderTable(block, directory)
    case 'alert':
      return html`<div class="alert ${block.level ?? 'default'}" role="note">${renderText(block.text, directory)}</div>`
    case 'card':
      return renderCard(block, scene)
    case 'carousel':
      return html`<div class="carousel">${block.elements.map((card) => renderCard({ ...card, block_id: block.block_id }, scene))}</div>`
    case 'container':
      return html`<details class="container" ${block.default_collapsed ? '' : html`open`}>
        <summary>${block.title ? renderPlainText(block.title.text) : 'Details'}</summary>
        ${block.child_blocks.map((child) => renderBlock(child, scene))}</details>`
    default:
      return renderDisplayBlock(block, directory)
  }
}

function acting(element: Element, block: Block, scene: Scene): Html {
  const blockId = block.block_id ?? ''
  return renderElement(element, { blockId, value: currentValue(element, blockId, scene), sends: true }, scene)
}

function currentValue(element: Element, blockId: string, scene: Scene): Control['value'] {
  return element.type === 'image' ? undefined : scene.values[blockId]?.[element.action_id ?? '']
}

function renderInput(block: Extract<Block, { type: 'input' }>, scene: Scene): Html {
  const blockId = block.block_id ?? ''
  const inputId = `input-${blockId}`
  const error = scene.errors[blockId]
  const isGroup = ['radio_buttons', 'checkboxes'].includes(block.element.type) || isSeveral(block.element)
  const control: Control = {
    blockId,
    value: currentValue(block.element, blockId, scene),
    sends: block.dispatch_action ?? false,
    label: block.label.text,
    required: !block.optional,
    ...(!isGroup && { inputId }),
    ...(error && { describedBy: `error-${blockId}` }),
  }
  const words = html`${renderPlainText(block.label.text)}${block.optional ? html` <span class="optional">(optional)</span>` : ''}`
  return html`<div class="input ${error ? 'at-fault' : ''}">
    ${isGroup ? html`<div class="label" aria-hidden="true">${words}</div>` : html`<label class="label" for="${inputId}">${words}</label>`}
    ${renderElement(block.element, control, scene)}
    ${block.hint ? html`<p class="hint">${renderPlainText(block.hint.text)}</p>` : ''}
    ${error ? html`<p class="error" role="alert" id="error-${blockId}">${error}</p>` : ''}</div>`
}

function isSeveral(element: Element): boolean {
  return element.type.startsWith('multi_') && element.type !== 'multi_external_select'
}

function renderCard(block: Extract<Block, { type: 'card' }>, scene: Scene): Html {
  const { directory } = scene
  return html`<div class="card">${block.hero_image ? renderImage(block.hero_image, scene, 'picture') : ''}
    ${block.title ? html`<b>${renderText(block.title, directory)}</b>` : ''}
    ${block.subtitle ? html`<small>${renderText(block.subtitle, directory)}</small>` : ''}
    ${block.body ? html`<div>${renderText(block.body, directory)}</div>` : ''}
    <div class="actions">${elementsOf(block).map((element) => acting(element, block, scene))}</div></div>`
}
