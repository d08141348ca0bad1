import type { Json } from '../../shared/json';

interface ReadyScript {
  name: string;
  answers: Json;
  /** How many retries show what the script is about. */
  retries?: number;
}

/** Answers to begin with, in the form of files for `--mock`. */
export const SCRIPTS: ReadyScript[] = [
  { name: '200, all is well', answers: [{ status: 200, json: {} }] },
  {
    name: '207, the second item refused',
    answers: [
      {
        status: 207,
        json: { errors: [{ batch_index: 1, index: 1, reason: 'invalid', field: 'email', message: 'the address is not valid' }] },
      },
    ],
  },
  { name: '400, refused', answers: [{ status: 400, json: { message: 'the name is unknown' } }] },
  { name: '401, credentials refused', answers: [{ status: 401, json: { message: 'the key is not valid' } }] },
  {
    name: '429 with Retry-After, then 200',
    retries: 2,
    answers: [{ status: 429, headers: { 'retry-after': '1' }, json: { message: 'too many requests' } }, { status: 200, json: {} }],
  },
  { name: '500, then 200', retries: 2, answers: [{ status: 500, json: { message: 'internal error' } }, { status: 200, json: {} }] },
  { name: '500, again and again', retries: 2, answers: [{ status: 500, json: { message: 'internal error' } }] },
  { name: 'No answer in time', answers: [{ network_error: 'timeout' }] },
  { name: 'Connection reset, then 200', retries: 1, answers: [{ network_error: 'ECONNRESET' }, { status: 200, json: {} }] },
  { name: 'Connection refused', answers: [{ network_error: 'ECONNREFUSED' }] },
  { name: '200 that is no JSON', answers: [{ status: 200, body: '<html>maintenance</html>', headers: { 'content-type': 'text/html' } }] },
];
