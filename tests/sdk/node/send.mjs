// Sends events with a library for Node as it is published, with its default settings.
//
//   node send.mjs LIBRARY HOST WRITE_KEY EVENTS EVENTS_A_SECOND
//
// Each line of output is a JSON object: {"sent": n} on the way; at the end {"errors": [...]} with what the library
// has given up on. Event number i belongs to the user "LIBRARY-i" and has the type i % 6 of the list below.
import { setTimeout as sleep } from 'node:timers/promises'

const [library, host, writeKey, events, perSecond] = process.argv.slice(2)
const TICKS_A_SECOND = 20
const LONGEST_FLUSH = 10 * 60 * 1000

const tell = (line) => console.log(JSON.stringify(line))
const errors = []

/** How each library is opened and closed; between that they are called alike. */
const LIBRARIES = {
  async node() {
    const { Analytics } = await import('@segment/analytics-node')
    return opened(new Analytics({ host, writeKey }))
  },

  async 'customerio-node'() {
    const { Analytics } = await import('@customerio/cdp-analytics-node')
    return opened(new Analytics({ host, writeKey }))
  },

  async 'rudder-node'() {
    const { default: Analytics } = await import('@rudderstack/rudder-sdk-node')
    const errorHandler = (error) => errors.push(`${error.message}`)
    const analytics = new Analytics(writeKey, { dataPlaneUrl: host, errorHandler, logLevel: 'none' })
    // A flush takes one batch; with nothing left, it waits for the last.
    const close = async () => {
      while (analytics.queue.length > 0) await analytics.flush()
      await analytics.flush()
    }
    return { analytics, close }
  },
}

function opened(analytics) {
  analytics.on('error', (error) => errors.push(`${error.code}: ${error.reason}`))
  return { analytics, close: () => analytics.closeAndFlush({ timeout: LONGEST_FLUSH }) }
}

const { analytics, close } = await LIBRARIES[library]()
const calls = [
  (userId, i) => analytics.track({ userId, event: 'Order Completed', properties: { index: i, total: i / 4 } }),
  (userId, i) => analytics.identify({ userId, traits: { index: i, name: 'Zoë 🦊' } }),
  (userId, i) => analytics.page({ userId, name: 'Home', properties: { index: i } }),
  (userId, i) => analytics.screen({ userId, name: 'Cart', properties: { index: i } }),
  (userId, i) => analytics.group({ userId, groupId: 'group-1', traits: { index: i } }),
  (userId) => analytics.alias({ userId, previousId: `before-${userId}` }),
]

const total = Number(events)
const eachTick = Math.max(1, Math.round(Number(perSecond) / TICKS_A_SECOND))
for (let i = 0; i < total; i++) {
  calls[i % calls.length](`${library}-${i}`, i)
  if ((i + 1) % eachTick === 0) {
    tell({ sent: i + 1 })
    await sleep(1000 / TICKS_A_SECOND)
  }
}
await close()
tell({ sent: total })
tell({ errors })
