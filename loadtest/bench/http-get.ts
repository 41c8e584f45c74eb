import { request } from 'node:http';

/** An answer as it came: headers as names and values in turn, body undecoded. */
export interface Answer {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

/** Asks 127.0.0.1 once, on a connection of its own. */
export function get(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const header = (name: string) => response.headers[name]?.toString();
        resolve({ status: response.statusCode!, rawHeaders: response.rawHeaders, header, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
