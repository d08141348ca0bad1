// Sends events with Segment's library in a real browser.
//
//   node drive.mjs SCENARIO SERVICE EVENTS EVENTS_A_SECOND
//
// The page comes from another origin than the service. Each line of output is a JSON object: {"sent": n} on the way,
// {"all": true} when everything is handed to the library. It stays open, so that the library can go on trying, until its
// input ends; then the last line is {"errors": [...], "refused": n}: what the library has given up on, and how many
// answers were 429.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'

const [scenario, service, eventsText, perSecondText] = process.argv.slice(2)
const events = Number(eventsText)
const perSecond = Number(perSecondText)
const TICKS_A_SECOND = 10
// Nothing of the browser's own goes to the network.
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]
// The library flushes these when the page goes, and never before.
const BATCHES = { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 1000, timeout: 3_600_000 } } } }
const CREDENTIALS = { 'Segment.io': { deliveryStrategy: { config: { credentials: 'include' } } } }

const tell = (line) => console.log(JSON.stringify(line))
const here = fileURLToPath(new URL('.', import.meta.url))
const library = new URL('node_modules/@segment/analytics-next/dist/umd/', import.meta.url)

/** Serves the page, its script and the library's files. */
async function site() {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://site')
    try {
      if (pathname.endsWith('.js')) {
        const file = pathname === '/page.js' ? `${here}page.js` : new URL(`.${pathname}`, library)
        response.setHeader('content-type', 'application/javascript; charset=utf-8').end(await readFile(file))
      } else if (pathname.endsWith('.html')) {
        response.setHeader('content-type', 'text/html; charset=utf-8')
        response.end('<!doctype html><title>Shop</title><script src="/index.js"></script><script src="/page.js"></script>')
      } else {
        response.writeHead(404).end()
      }
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${server.address().port}` }
}

const { server, url: shop } = await site()
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS })
const context = await browser.newContext()
const errors = []
let refused = 0
context.on('response', (response) => {
  if (response.status() === 429) refused += 1
})

async function opened() {
  const page = await context.newPage()
  page.on('pageerror', (error) => errors.push(`the page: ${error.message}`))
  await page.goto(`${shop}/index.html`)
  return page
}

/** Hands the events from `from` to `to` to the library, at the rate. */
async function sent(page, from, to) {
  const step = Math.max(1, Math.round(perSecond / TICKS_A_SECOND))
  for (let next = from; next < to; next += step) {
    const end = Math.min(next + step, to)
    await page.evaluate(([from, to]) => void trial.send(from, to), [next, end])
    tell({ sent: end })
    await sleep(1000 / TICKS_A_SECOND)
  }
}

const scenarios = {
  /** One request an event. */
  async steady() {
    const page = await opened()
    await page.evaluate(([service]) => trial.load('steady', service), [service])
    await sent(page, 0, events)
    return page
  },

  /** More than the source may send. */
  async limited() {
    const page = await opened()
    await page.evaluate(([service]) => trial.load('limited', service), [service])
    await page.evaluate(([events]) => void trial.send(0, events), [events])
    return page
  },

  /** Segment's snippet, with the script from the service. */
  async snippet() {
    const page = await opened()
    await page.evaluate(([service]) => trial.loadSnippet('snippet', service), [service])
    await sent(page, 0, events)
    return page
  },

  /** Requests with cookies. */
  async credentials() {
    const page = await opened()
    await page.evaluate(([service, integrations]) => trial.load('credentials', service, { integrations }), [service, CREDENTIALS])
    await sent(page, 0, events)
    return page
  },

  /** Batches that leave when the page does: for another address, and because its tab is closed. */
  async left() {
    const half = Math.floor(events / 2)
    for (const [from, to] of [[0, half], [half, events]]) {
      const page = await opened()
      await page.evaluate(([service, integrations]) => trial.load('left', service, { integrations }), [service, BATCHES])
      await page.evaluate(([from, to]) => Promise.all(trial.send(from, to)), [from, to])
      if (from === 0) await page.goto(`${shop}/next.html`)
      else await page.close()
    }
  },

  /** Beacons without any library, when the page goes. */
  async beacon() {
    const page = await opened()
    await page.evaluate(([service, events]) => trial.beaconWhenLeft('beacon', service, events), [service, events])
    await page.goto(`${shop}/next.html`)
  },
}

const page = await scenarios[scenario]()
tell({ sent: events })
tell({ all: true })
await new Promise((resolve) => process.stdin.on('end', resolve).resume())
if (page) errors.push(...await page.evaluate(() => trial.errors))
tell({ errors, refused })
await browser.close()
server.close()
