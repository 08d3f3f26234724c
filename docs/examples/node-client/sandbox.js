// A sandbox of a running mock server: a clock, faults and tokens for one test alone.

export class Sandbox {
  static async create(settings) {
    const server = process.env.MOCKSERVER_URL;
    if (!server) throw new Error('MOCKSERVER_URL is not set: run the tests with sh test.sh');
    const created = await send('POST', `${server}/_mock/sandboxes`, settings);
    return new Sandbox(server, created);
  }

  constructor(url, { id, tokens }) {
    Object.assign(this, { url, id, tokens });
  }

  call(method, path, body) {
    return send(method, `${this.url}/_mock/sandboxes/${this.id}${path}`, body);
  }

  advance(amounts) {
    return this.call('POST', '/clock/advance', amounts);
  }

  fail(rule) {
    return this.call('POST', '/faults', rule);
  }

  // The numbers of a chart, with nothing in the journal: what the client should find.
  chart(name, query) {
    return this.call('GET', `/charts/${name}?${new URLSearchParams(query)}`);
  }

  async requests(query) {
    return (await this.call('GET', `/requests?${new URLSearchParams(query)}`)).requests;
  }

  // What the client did badly, as the client lint sees it.
  async findings() {
    return (await this.call('GET', '/lint')).findings;
  }

  delete() {
    return this.call('DELETE', '');
  }
}

async function send(method, url, body) {
  const headers = body && { 'Content-Type': 'application/json' };
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}
