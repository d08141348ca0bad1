import type { JsonObject } from '../../shared/json';

/** A sample event under the name that people look for. */
export interface Sample {
  name: string;
  event: JsonObject;
}

/** Samples of one specification. */
export interface SampleGroup {
  name: string;
  samples: Sample[];
}

const AT = '2026-11-23T09:41:07.250Z';

const web: JsonObject = {
  ip: '198.51.100.24',
  locale: 'en-GB',
  timezone: 'Europe/Lisbon',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0',
  page: {
    path: '/coffee/ethiopia-guji',
    referrer: 'https://search.example/',
    search: '?utm_source=newsletter',
    title: 'Guji, washed',
    url: 'https://roastery.example/coffee/ethiopia-guji?utm_source=newsletter',
  },
  campaign: { name: 'autumn-harvest', source: 'newsletter', medium: 'email' },
  library: { name: 'analytics.js', version: '4.1.0' },
};

const phone: JsonObject = {
  ip: '198.51.100.61',
  locale: 'en-GB',
  timezone: 'Europe/Lisbon',
  app: { name: 'Roastery', version: '3.4.1', build: '341', namespace: 'example.roastery' },
  device: {
    id: '7b1f0c52-4a0e-4f0e-9a55-2d6c1b7f88aa',
    advertisingId: '2f64c9d1-53cb-4b3f-8a42-9f5f6d1c0b77',
    adTrackingEnabled: true,
    manufacturer: 'Fairphone',
    model: 'FP6',
    type: 'android',
    token: 'c0ffee0123456789',
  },
  os: { name: 'Android', version: '16' },
  network: { carrier: 'Lusitel', cellular: false, wifi: true },
  screen: { width: 1116, height: 2484, density: 3 },
  library: { name: 'analytics-kotlin', version: '1.19.0' },
};

function event(type: string, context: JsonObject, members: JsonObject): JsonObject {
  return {
    type,
    messageId: 'msg-5f0d2c9e',
    anonymousId: 'anon-91b7',
    userId: 'user-2048',
    timestamp: AT,
    ...members,
    context: { ...context, traits: { email: 'ines@roastery.example', phone: '+351912345678' } },
    integrations: {},
  };
}

export function track(name: string, properties: JsonObject): Sample {
  return { name, event: event('track', web, { event: name, properties }) };
}

export function mobile(name: string, properties: JsonObject): Sample {
  return { name, event: event('track', phone, { event: name, properties }) };
}

export function call(name: string, type: string, members: JsonObject, isMobile = false): Sample {
  return { name, event: event(type, isMobile ? phone : web, members) };
}
