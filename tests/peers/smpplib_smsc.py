"""An SMSC whose units smpplib reads and writes. What happens is a line of JSON on its standard output, what it is to do one on its input."""

import json
import socket
import struct
import sys
import threading

from smpplib import consts, gsm, smpp

SYSTEM_ID, PASSWORD = b"halyard", b"fairwind"
BINDS = ("bind_transceiver", "bind_transmitter", "bind_receiver")


class Numbers:
    """What smpplib asks for the numbers of units; one a session."""

    def __init__(self):
        self.sequence = 0

    def next_sequence(self):
        self.sequence += 1
        return self.sequence


def say(**event):
    with voice:
        print(json.dumps(event), flush=True)


def words(coding, octets):
    """A text as a phone shows it, by smpplib's own table."""
    if coding == consts.SMPP_ENCODING_ISO10646:
        return octets.decode("utf-16-be")
    text, shift = "", 0
    for octet in octets:
        if octet == 0x1B:
            shift = 0x80
        else:
            text, shift = text + gsm.GSM_CHARACTER_TABLE[octet + shift], 0
    return text


class Session(threading.Thread):
    """One connection."""

    def __init__(self, connection):
        super().__init__(daemon=True)
        self.connection, self.numbers, self.lock, self.kind = connection, Numbers(), threading.Lock(), None

    def run(self):
        try:
            while header := self.exactly(4):
                (length,) = struct.unpack(">L", header)
                self.read(smpp.parse_pdu(header + self.exactly(length - 4), client=self.numbers))
        except OSError:
            pass
        finally:
            sessions.discard(self)
            self.connection.close()
            say(closed=self.kind)

    def exactly(self, length):
        octets = b""
        while len(octets) < length:
            more = self.connection.recv(length - len(octets))
            if not more:
                return b""
            octets += more
        return octets

    def write(self, unit):
        with self.lock:
            self.connection.sendall(unit.generate())

    def answer(self, unit, status=consts.SMPP_ESME_ROK, **fields):
        answer = smpp.make_pdu(f"{unit.command}_resp", client=self.numbers, status=status, **fields)
        answer.sequence = unit.sequence
        self.write(answer)

    def read(self, unit):
        if unit.command in BINDS:
            is_known = (unit.system_id, unit.password) == (SYSTEM_ID, PASSWORD)
            status = consts.SMPP_ESME_ROK if is_known else consts.SMPP_ESME_RINVPASWD
            self.kind = unit.command if is_known else None
            if is_known:
                sessions.add(self)
            self.answer(unit, status, system_id="smpplib")
            say(bind=unit.command, known=is_known, version=unit.interface_version)
        elif unit.command == "submit_sm":
            self.take(unit)
        elif unit.command in ("enquire_link", "unbind"):
            say(asked=unit.command)
            self.answer(unit)
        else:
            say(answer=unit.command, status=unit.status, sequence=unit.sequence)

    def take(self, unit):
        status = statuses.pop(0) if statuses else consts.SMPP_ESME_ROK
        identity = f"{self.numbers.next_sequence():08X}"
        octets = unit.message_payload or unit.short_message or b""
        header = b""
        if unit.esm_class & consts.SMPP_GSMFEAT_UDHI:
            header, octets = octets[: octets[0] + 1], octets[octets[0] + 1 :]
        if status == consts.SMPP_ESME_ROK:
            say(
                part={
                    "id": identity,
                    "from": unit.source_addr.decode(),
                    "to": unit.destination_addr.decode(),
                    "ton": [unit.source_addr_ton, unit.dest_addr_ton],
                    "words": words(unit.data_coding, octets),
                    "coding": unit.data_coding,
                    "header": header.hex(),
                    "sar": [unit.sar_msg_ref_num, unit.sar_total_segments, unit.sar_segment_seqnum],
                    "payload": bool(unit.message_payload),
                    "receipt": unit.registered_delivery,
                    "validity": unit.validity_period.decode(),
                }
            )
        self.answer(unit, status, message_id=identity)

    def bring(self, fields):
        usual = {"source_addr_ton": 1, "source_addr_npi": 1, "dest_addr_ton": 1, "dest_addr_npi": 1}
        self.write(smpp.make_pdu("deliver_sm", client=self.numbers, **{**usual, **fields}))


def receiver():
    return next(session for session in sessions if session.kind != "bind_transmitter")


def octets(fields):
    """Fields of JSON, of which those of octets are written as hexadecimal."""
    binary = ("short_message", "message_payload", "network_error_code")
    return {name: bytes.fromhex(value) if name in binary else value for name, value in fields.items()}


def parts(text, addresses, way):
    """A text in parts, as smpplib makes them, by a header, by parameters, or whole as a payload."""
    encoded, coding, esm_class = gsm.make_parts(text, use_udhi=way == "udh")
    fields = {**addresses, "data_coding": coding, "esm_class": esm_class}
    if way == "payload":
        return [{**fields, "message_payload": b"".join(encoded)}]
    made = [{**fields, "short_message": part} for part in encoded]
    if way == "sar":
        for number, part in enumerate(made, 1):
            part.update(sar_msg_ref_num=7, sar_total_segments=len(made), sar_segment_seqnum=number)
    return made


def listen(server):
    while True:
        connection, _ = server.accept()
        Session(connection).start()


voice, sessions, statuses = threading.Lock(), set(), []
listening = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=listen, args=(listening,), daemon=True).start()
say(port=listening.getsockname()[1])
for line in sys.stdin:
    order = json.loads(line)
    if "statuses" in order:
        statuses.extend(order["statuses"])
    elif "text" in order:
        for part in parts(order["text"], order["addresses"], order["way"]):
            receiver().bring(part)
    elif "deliver" in order:
        receiver().bring(octets(order["deliver"]))
    elif "ask" in order:
        asking = receiver()
        asking.write(smpp.make_pdu("enquire_link", client=asking.numbers))
    elif "cut" in order:
        for session in list(sessions):
            session.connection.shutdown(socket.SHUT_RDWR)
