/** The Worker: the app with the real world plugged in, and the Durable Object classes. Wiring only. */
import { createApp } from './app'
import { LoadTracker } from './durable/load-tracker'
import { Registry } from './durable/registry'
import { realWorld } from './http/world'
import config from './router.config'

export { LoadTracker, Registry }

export default createApp({ config, world: () => realWorld(fetch) })
