// The one function of react-dom that this page uses; the package brings no types of its own.
declare module 'react-dom/server' {
  import type { ReactNode } from 'react'
  export function renderToStaticMarkup(node: ReactNode): string
}
