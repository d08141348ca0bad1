import type { Json, JsonObject } from '../shared/json';
import type { components } from '../shared/api';

export type { Json };
type Schemas = components['schemas'];
export type Report = Schemas['Report'];
export type Exchange = Schemas['Exchange'];
export type Attempt = Schemas['Attempt'];
export type Failure = Schemas['Failure'];

/** `GET /workbench` */
export interface ServerInfo {
  version: string;
  /** The destination that the server was started for. */
  served: string | null;
  isDryRun: boolean;
  destinations: { slug: string; name: string; description: string; actions: number }[];
}

export interface Condition {
  type?: 'field' | 'syncMode';
  fieldKey?: string;
  operator: 'is' | 'is_not';
  value?: Json;
}

export interface Conditions {
  match?: 'all' | 'any';
  conditions: Condition[];
}

/** A field as the manifest has it. */
export interface Field {
  label: string;
  description?: string;
  type: 'string' | 'text' | 'number' | 'integer' | 'datetime' | 'boolean' | 'password' | 'object';
  required?: boolean | Conditions;
  multiple?: boolean;
  default?: Json;
  choices?: (string | { label: string; value: Json })[];
  properties?: Fields;
  additionalProperties?: boolean;
  dynamic?: boolean;
  unsafe_hidden?: boolean;
  readOnly?: boolean;
  depends_on?: Conditions;
  placeholder?: string;
  format?: string;
}

export type Fields = Record<string, Field>;

export interface Hook {
  label: string;
  description?: string;
  inputFields?: Fields;
  outputTypes?: Fields;
}

export interface Action {
  title: string;
  description?: string;
  defaultSubscription?: string;
  hidden?: boolean;
  syncMode?: { default: string; label: string; description: string; choices: { label: string; value: string }[] };
  fields: Fields;
  dynamicFields?: JsonObject;
  hooks?: Record<string, Hook>;
}

export interface Preset {
  name: string;
  subscribe?: string;
  partnerAction: string;
  mapping: JsonObject;
  type: 'automatic' | 'specificEvent';
  eventSlug?: string;
}

/** `GET /workbench/destinations/{slug}` */
export interface DestinationInfo {
  manifest: {
    name: string;
    slug: string;
    description?: string;
    authentication?: { scheme: string; fields: Fields };
    audienceFields?: Fields;
    presets?: Preset[];
    actions: Record<string, Action>;
    asyncActions?: Record<string, Action>;
    directoryName: string;
  };
  structure: { actions: { slug: string; batch: boolean; dynamicFields?: string[] }[] };
  offers: {
    authenticate: boolean;
    refresh: boolean;
    delete: boolean;
    createAudience: boolean;
    getAudience: boolean;
    asynchronousActions: string[];
  };
  /** The keys of the settings that the server itself brings (`--settings`). */
  ownSettings: string[];
}

export interface Remark {
  offset: number;
  message: string;
}

export type Asked =
  | { kind: 'test'; text: string; holds: boolean; pointer: string; found?: Json }
  | { kind: 'group'; operator: 'and' | 'or'; holds: boolean; conditions: Asked[] }
  | { kind: 'not'; holds: boolean; condition: Asked };

export interface PreviewEvent {
  matches: boolean;
  conditions?: Asked;
  resolved?: Json;
  payload?: Json;
  fields?: Record<string, string>;
  error?: string;
  origins?: Record<string, string[]>;
}

/** `POST .../preview` */
export interface Preview {
  subscription: { error?: Remark; warnings?: Remark[] };
  faults: { path: string; message: string }[];
  events: PreviewEvent[];
}

export type Mode = 'dryRun' | 'scripted' | 'real';

/** `POST .../run` */
export interface RunAnswer {
  report: Report;
  preview: Preview;
}

/** `POST .../call` */
export interface CallAnswer {
  answer?: Json;
  failure?: Failure;
  exchanges: Exchange[];
}
