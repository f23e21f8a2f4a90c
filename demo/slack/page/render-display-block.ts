// Blocks that only show something are drawn by a block renderer; those a person acts on are our own HTML.
import { createRequire } from 'node:module'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { Message, type Block as RendererBlock } from 'slack-blocks-to-jsx'
import type { Block } from '../blocks/block.ts'
import type { Directory } from '../state/directory.ts'
import { type Html, raw } from './html.ts'

export function renderDisplayBlock(block: Block, directory: Directory): Html {
  const drawn = createElement(Message, {
    // Its own types name the same blocks; ours are checked already.
    blocks: [block as unknown as RendererBlock],
    name: '',
    logo: '',
    withoutWrapper: true,
    theme: 'light',
    data: {
      users: directory.everybody().map(({ id, name }) => ({ id, name })),
      channels: directory.channels().map(({ id, name }) => ({ id, name })),
      user_groups: directory.userGroups().map(({ id, handle }) => ({ id, name: handle })),
    },
  })
  return raw(renderToStaticMarkup(drawn))
}

export function displayStylePath(): string {
  return createRequire(import.meta.url).resolve('slack-blocks-to-jsx/dist/style.css')
}
