export { createRenderer, type BrowserRenderer, type RendererOptions } from './renderer.ts'
export { findChromium } from './chromium.ts'
export { createSessionBrowsers, type SessionBrowserOptions } from './session/index.ts'
export { launch } from './launch.ts'
