// What the test's page does with Segment's library. Event number i of a scenario says "SCENARIO-i" in `context.trial` (its
// user is whoever was identified last) and has the type i % 6 of the list below.
window.trial = {
  errors: [],

  // The library as a bundle brings it: `service` is all that it is told, unless a scenario adds to it.
  load(scenario, service, options = {}) {
    this.scenario = scenario
    this.analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey: `${scenario}-key`, cdnURL: service }, options)
    return this.watched()
  },

  // The library as Segment's snippet loads it, which finds its settings and its address by itself.
  loadSnippet(scenario, service) {
    this.scenario = scenario
    // As in the snippet: calls wait in a list until the library takes them over.
    const waiting = (window.analytics = [])
    for (const method of ['track', 'identify', 'page', 'screen', 'group', 'alias', 'on', 'ready']) {
      waiting[method] = (...values) => waiting.push([method, ...values])
    }
    waiting._cdn = service
    waiting._writeKey = `${scenario}-key`
    const script = document.createElement('script')
    script.src = `${service}/analytics.js/v1/${scenario}-key/analytics.min.js`
    document.head.append(script)
    return new Promise((resolve, reject) => {
      script.onerror = () => reject(new Error('the script of the snippet does not load'))
      waiting.on('error', (error) => this.errors.push(`${error.code}: ${error.reason}`))
      waiting.ready(resolve)
    }).then(() => {
      this.analytics = window.analytics
    })
  },

  async watched() {
    this.analytics.on('error', (error) => this.errors.push(`${error.code}: ${error.reason}`))
    await this.analytics.ready()
  },

  // The promises are kept when the library has sent the events, or has put them into its batch.
  send(from, to) {
    return Array.from({ length: to - from }, (_, i) => this.call(from + i))
  },

  call(i) {
    const userId = `${this.scenario}-${i}`
    const options = { context: { trial: userId } }
    switch (i % 6) {
      case 0: return this.analytics.track('Order Completed', { index: i, total: i / 4 }, options)
      case 1: return this.analytics.identify(userId, { index: i, name: 'Zoë 🦊' }, options)
      case 2: return this.analytics.page(null, 'Home', { index: i }, options)
      case 3: return this.analytics.screen(null, 'Cart', { index: i }, options)
      case 4: return this.analytics.group('group-1', { index: i }, options)
      case 5: return this.analytics.alias(userId, `before-${userId}`, options)
    }
  },

  // Beacons without any library, when the page goes: as JSON, for which browsers ask first, and as plain text.
  beaconWhenLeft(scenario, service, events) {
    window.addEventListener('pagehide', () => {
      for (let i = 0; i < events; i++) {
        const event = {
          type: 'track', event: 'Order Completed', userId: `${scenario}-${i}`, messageId: `${scenario}-beacon-${i}`,
          properties: { index: i, total: i / 4 }, timestamp: new Date().toISOString(),
          context: { trial: `${scenario}-${i}`, library: { name: 'analytics.js' } },
        }
        const body = JSON.stringify({ writeKey: `${scenario}-key`, batch: [event], sentAt: new Date().toISOString() })
        const type = i % 2 === 0 ? 'application/json' : 'text/plain'
        if (!navigator.sendBeacon(`${service}/v1/batch`, new Blob([body], { type }))) throw new Error('no beacon')
      }
    })
  },
}
