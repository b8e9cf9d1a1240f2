export { createRenderer, type BrowserRenderer, type RendererOptions } from './renderer.ts'
export { findChromium } from './chromium.ts'
export { launch } from './launch.ts'
