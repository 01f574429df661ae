// An SMSC by the package `smpp`, which is nobody's of this project: it takes texts and brings others, as a test says.
import smpp from "smpp";

export const SYSTEM_ID = "halyard";
export const PASSWORD = "fairwind";

/** A phone's own reading of a part: its text, and which part of which text it is. */
function read(pdu) {
  const { udh, message } = pdu.short_message;
  const element = udh?.find((bytes) => bytes[0] === 0);
  const header = element && { reference: element[2], total: element[3], part: element[4] };
  const parameters = { reference: pdu.sar_msg_ref_num, total: pdu.sar_total_segments, part: pdu.sar_segment_seqnum };
  const concat = header ?? (parameters.total ? { ...parameters, sar: true } : undefined);
  const words = Buffer.isBuffer(message) ? smpp.encodings[pdu.data_coding === 8 ? "UCS2" : "ASCII"].decode(message) : message;
  return { from: `+${pdu.source_addr}`, to: `+${pdu.destination_addr}`, words, concat, coding: pdu.data_coding };
}

export class Smsc {
  #server;
  #sessions = new Set();
  #ids = 0;

  constructor() {
    /** The parts that were taken, in their order, each with the id that it got. */
    this.taken = [];
    /** The kinds of binds, in their order. */
    this.binds = [];
    this.unbinds = 0;
    /** What a submission is answered with; `undefined` for no answer. Gets the part. */
    this.judge = () => smpp.ESME_ROK;
  }

  /** With a key and its certificate it takes connections with TLS alone. */
  static async start(tls = {}) {
    const smsc = new Smsc();
    smsc.#server = smpp.createServer(tls, (session) => smsc.#serve(session));
    // Who does not trust the certificate makes no error of a test.
    smsc.#server.on("tlsClientError", () => {});
    await new Promise((resolve) => smsc.#server.listen(0, "127.0.0.1", resolve));
    smsc.port = smsc.#server.address().port;
    return smsc;
  }

  #serve(session) {
    const all = { session, receives: false, submits: false };
    // Whoever hangs up makes no error of a test.
    session.on("error", () => {});
    session.on("close", () => this.#sessions.delete(all));
    for (const kind of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) {
      session.on(kind, (pdu) => {
        const isKnown = pdu.system_id === SYSTEM_ID && pdu.password === PASSWORD;
        session.send(pdu.response({ command_status: isKnown ? smpp.ESME_ROK : smpp.ESME_RINVPASWD, system_id: "SMSC" }));
        if (!isKnown) return;
        this.binds.push(kind);
        all.receives = kind !== "bind_transmitter";
        all.submits = kind !== "bind_receiver";
        this.#sessions.add(all);
      });
    }
    session.on("enquire_link", (pdu) => session.send(pdu.response()));
    session.on("unbind", (pdu) => {
      this.unbinds += 1;
      session.send(pdu.response());
      session.close();
    });
    session.on("submit_sm", (pdu) => {
      const part = read(pdu);
      const status = this.judge(part);
      if (status === smpp.ESME_ROK || status === undefined) {
        this.#ids += 1;
        part.id = `${this.#ids}`.padStart(10, "0");
        this.taken.push(part);
      }
      if (status !== undefined) session.send(pdu.response({ command_status: status, message_id: part.id ?? "" }));
    });
  }

  /** Brings a text or a receipt, in a unit of a kind; the status that it is answered with. */
  async bring(pdu, kind = "deliver_sm") {
    const { session } = [...this.#sessions].find(({ receives }) => receives);
    const usual = { source_addr_ton: 1, source_addr_npi: 1, dest_addr_ton: 1, dest_addr_npi: 1 };
    const { command_status } = await new Promise((resolve, reject) => {
      const ended = () => reject(new Error("the session ended"));
      session.once("close", ended);
      session[kind]({ ...usual, ...pdu }, (answer) => {
        session.off("close", ended);
        resolve(answer);
      });
    });
    return command_status;
  }

  /** Brings the receipt of a part. */
  async receipt({ id, from, to }, state, error = "000") {
    const words = `id:${id} sub:001 dlvrd:000 submit date:2611160900 done date:2611160901 stat:${state} err:${error} text:`;
    return this.bring({ source_addr: to.slice(1), destination_addr: from.slice(1), esm_class: 4, data_coding: 0, short_message: words });
  }

  /** Cuts all connections, or those alone by which texts come to it. */
  cut(isAll = true) {
    for (const { session, submits } of this.#sessions) if (isAll || submits) session.destroy();
  }

  /** How many sessions are bound. */
  get bound() {
    return this.#sessions.size;
  }

  async stop() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
