import type { JsonObject } from '../../shared/json';
import { call, mobile, type SampleGroup, track } from './envelope';

const person: JsonObject = {
  email: 'ines@roastery.example',
  phone: '+351912345678',
  firstName: 'Inês',
  lastName: 'Carvalho',
  name: 'Inês Carvalho',
  username: 'ines',
  title: 'Head of coffee',
  birthday: '1989-04-17',
  gender: 'female',
  website: 'https://ines.example',
  avatar: 'https://roastery.example/img/ines.png',
  createdAt: '2025-02-03T08:00:00.000Z',
  address: { street: 'Rua das Flores 12', city: 'Porto', state: 'Porto', postalCode: '4050-262', postal_code: '4050-262', country: 'PT' },
  company: { id: 'team-17', name: 'Roastery Lda' },
  plan: 'subscription',
};

const company: JsonObject = {
  name: 'Roastery Lda',
  email: 'hello@roastery.example',
  phone: '+351220000000',
  industry: 'Food and drink',
  employees: 23,
  plan: 'business',
  website: 'https://roastery.example',
  description: 'Coffee, roasted on Tuesdays.',
  createdAt: '2019-09-01T08:00:00.000Z',
  address: { street: 'Rua das Flores 12', city: 'Porto', postalCode: '4050-262', country: 'PT' },
};

export const calls: SampleGroup = {
  name: 'Calls',
  samples: [
    call('identify', 'identify', { traits: person }),
    call('group', 'group', { groupId: 'team-17', traits: company }),
    call('page', 'page', {
      name: 'Guji',
      category: 'Coffee',
      properties: {
        name: 'Guji',
        category: 'Coffee',
        path: '/coffee/ethiopia-guji',
        referrer: 'https://search.example/',
        search: '?utm_source=newsletter',
        title: 'Guji, washed',
        url: 'https://roastery.example/coffee/ethiopia-guji',
      },
    }),
    call('screen', 'screen', { name: 'Basket', properties: { name: 'Basket', items: 3 } }, true),
    call('alias', 'alias', { previousId: 'anon-91b7' }),
  ],
};

const seat: JsonObject = { context: { groupId: 'team-17' } };

export const business: SampleGroup = {
  name: 'B2B',
  samples: [
    track('Account Created', { account_name: 'Roastery Lda', ...seat }),
    track('Account Deleted', { account_name: 'Roastery Lda', ...seat }),
    track('Signed Up', { type: 'organic', first_name: 'Inês', last_name: 'Carvalho', email: 'ines@roastery.example', username: 'ines', title: 'Head of coffee', ...seat }),
    track('Signed In', { username: 'ines', ...seat }),
    track('Signed Out', { username: 'ines', ...seat }),
    track('Invite Sent', { invitee_email: 'rui@roastery.example', invitee_first_name: 'Rui', invitee_last_name: 'Matos', invitee_role: 'roaster', ...seat }),
    track('Account Added User', { role: 'roaster', ...seat }),
    track('Account Removed User', seat),
    track('Trial Started', { trial_start_date: '2026-11-01', trial_end_date: '2026-12-01', trial_plan_name: 'business', ...seat }),
    track('Trial Ended', { trial_start_date: '2026-10-01', trial_end_date: '2026-11-01', trial_plan_name: 'business', ...seat }),
  ],
};

const playback: JsonObject = {
  session_id: 'play-4410',
  content_asset_ids: ['film-9'],
  content_pod_ids: ['pod-2'],
  ad_asset_id: ['ad-3'],
  ad_pod_id: ['pod-ad-1'],
  ad_type: 'pre-roll',
  position: 42,
  total_length: 618,
  bitrate: 2400,
  framerate: 25,
  video_player: 'native',
  sound: 80,
  full_screen: true,
  ad_enabled: true,
  quality: 'hd1080',
  livestream: false,
};

const content: JsonObject = {
  session_id: 'play-4410',
  asset_id: 'film-9',
  pod_id: 'pod-2',
  program: 'From cherry to cup',
  title: 'Washing stations of Guji',
  description: 'How coffee is washed.',
  season: '2',
  position: 42,
  total_length: 618,
  genre: 'Documentary',
  publisher: 'Roastery',
  full_episode: true,
  keywords: ['coffee', 'ethiopia'],
};

const advert: JsonObject = {
  session_id: 'play-4410',
  asset_id: 'ad-3',
  pod_id: 'pod-ad-1',
  pod_position: 1,
  pod_length: 2,
  type: 'pre-roll',
  title: 'Kettles that pour',
  publisher: 'Pourwell',
  position: 4,
  total_length: 15,
  load_type: 'linear',
};

export const video: SampleGroup = {
  name: 'Video',
  samples: [
    ...['Started', 'Paused', 'Interrupted', 'Resumed', 'Completed', 'Exited'].map((what) => track(`Video Playback ${what}`, playback)),
    ...['Buffer Started', 'Buffer Completed'].map((what) => track(`Video Playback ${what}`, playback)),
    ...['Seek Started', 'Seek Completed'].map((what) => track(`Video Playback ${what}`, { ...playback, seek_position: 180 })),
    ...['Started', 'Playing', 'Completed'].map((what) => track(`Video Content ${what}`, content)),
    ...['Started', 'Playing', 'Completed'].map((what) => track(`Video Ad ${what}`, advert)),
    track('Video Quality Updated', { ...playback, quality: 'hd720', startup_time: 410, dropped_frames: 2 }),
  ],
};

const campaign: JsonObject = { provider: 'Pigeonpost', campaign: { source: 'push', name: 'autumn-harvest', content: 'Guji is back', medium: 'push' } };
const link: JsonObject = { provider: 'Waypoints', url: 'roastery://coffee/ethiopia-guji' };

export const phones: SampleGroup = {
  name: 'Mobile',
  samples: [
    mobile('Application Installed', { version: '3.4.1', build: '341' }),
    mobile('Application Opened', { from_background: false, version: '3.4.1', build: '341', referring_application: 'Mail', url: 'roastery://coffee' }),
    mobile('Application Foregrounded', { version: '3.4.1', build: '341' }),
    mobile('Application Backgrounded', {}),
    mobile('Application Updated', { previous_version: '3.4.0', previous_build: '340', version: '3.4.1', build: '341' }),
    mobile('Application Uninstalled', {}),
    mobile('Application Crashed', {}),
    mobile('Install Attributed', {
      provider: 'Signpost',
      campaign: { source: 'web', name: 'autumn-harvest', content: 'kettle', ad_creative: 'red', ad_group: 'pt' },
    }),
    mobile('Push Notification Received', campaign),
    mobile('Push Notification Tapped', { ...campaign, action: 'open' }),
    mobile('Push Notification Bounced', campaign),
    mobile('Deep Link Clicked', link),
    mobile('Deep Link Opened', link),
  ],
};
