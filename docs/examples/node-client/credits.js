// A client of the JetBrains Console: the AI credits of an organization, and the users who hit their limit.

const WAITS = [1, 2, 4]; // seconds before each repetition, if the answer has no Retry-After
const UNAVAILABLE = new Set([429, 502, 503, 504]);

export class ConsoleError extends Error {
  constructor(status, body) {
    super(`the Console returns ${status}: ${body}`);
    this.status = status;
  }
}

const sleepFor = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export class Console {
  #token = null;

  // Tests replace `sleep`, so that they need not wait.
  constructor({ url, clientId, clientSecret, sleep = sleepFor }) {
    Object.assign(this, { url, clientId, clientSecret, sleep });
  }

  // The credits spent in each month: [{ date, builtInQuota, topUpCredits, totalCredits }].
  async creditsByMonth(from, to) {
    return (await this.#report('quota-consumption', from, to)).data;
  }

  // How many users hit their limit in a range. A user counts once, so months cannot be added up.
  async usersAtTheirLimit(from, to) {
    return (await this.#report('limit-hits', from, to)).total.usersHitLimit;
  }

  async #report(name, fromDate, toDate) {
    const query = new URLSearchParams({ fromDate, toDate, groupBy: 'month' });
    const path = `/metrics/api/v2/adoption/${name}/group-by/date?${query}`;
    try {
      return await this.#authorized(path);
    } catch (error) {
      // A token may expire, or be revoked, before its time. Another one is worth one attempt.
      if (error.status !== 401) throw error;
      this.#token = null;
      return this.#authorized(path);
    }
  }

  async #authorized(path) {
    this.#token ??= await this.#exchange();
    return this.#send(path, { headers: { Authorization: `Bearer ${this.#token}` } });
  }

  async #exchange() {
    const basic = Buffer.from(`${this.clientId}:${this.clientSecret}`).toString('base64');
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const options = { method: 'POST', headers: { Authorization: `Basic ${basic}` }, body };
    return (await this.#send('/api/rest/oauth2/token', options)).access_token;
  }

  async #send(path, options) {
    for (const wait of [...WAITS, null]) {
      const response = await fetch(this.url + path, options);
      if (response.ok) return response.json();
      const body = await response.text();
      if (wait === null || !UNAVAILABLE.has(response.status)) throw new ConsoleError(response.status, body);
      await this.sleep(Number(response.headers.get('Retry-After')) || wait);
    }
  }
}
