use super::*;

const OFFER: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
    a=fingerprint:sha-256 4a:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:4a:AD:B9:B1:3F:82:18:3B:54:02:12:DF\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111 0 126\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n\
    a=candidate:1 1 udp 2122260223 192.0.2.4 61665 typ host\r\na=candidate:2 1 udp 1686052607 203.0.113.9 61665 typ srflx raddr 192.0.2.4 rport 61665\r\n\
    a=mid:0\r\na=sendrecv\r\na=rtpmap:111 opus/48000/2\r\n\
    m=video 51372/2 RTP/AVP 99\r\na=ice-ufrag:other\r\na=ice-pwd:another\r\na=mid:1\r\na=inactive\r\n";

fn offer() -> Sdp {
    Sdp::parse(OFFER).unwrap()
}

#[test]
fn it_is_written_as_it_was_read() {
    assert_eq!(offer().to_string(), OFFER);
    assert_eq!(Sdp::parse(&OFFER.replace("\r\n", "\n")).unwrap().to_string(), OFFER);
    assert_eq!(Sdp::from_body(OFFER.trim_end().as_bytes()).unwrap().to_string(), OFFER);
}

#[test]
fn its_parts_are_read() {
    let sdp = offer();
    assert_eq!(sdp.origin().version, 2);
    let media: Vec<_> = sdp.all_media().collect();
    assert_eq!((media.len(), sdp.len()), (2, 2));
    assert_eq!((media[0].kind.as_str(), media[0].port, media[0].formats.len()), ("audio", 9, 3));
    assert_eq!((media[1].port, media[1].ports), (51372, Some(2)));
    assert_eq!(sdp.ice(0), Some(("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1")));
    assert_eq!(sdp.ice(1), Some(("other", "another")));
    assert_eq!(sdp.candidates(0).count(), 2);
    assert_eq!(sdp.candidates(1).count(), 0);
    assert_eq!((sdp.direction(0), sdp.direction(1)), (Direction::SendRecv, Direction::Inactive));
    let prints = sdp.fingerprints(1).unwrap();
    assert_eq!((prints[0].hash.as_str(), &prints[0].value[..5]), ("sha-256", "4A:AD"));
    assert_eq!(sdp.attribute(1, "mid"), Some("1"));
    assert_eq!(sdp.attribute(7, "mid"), None);
    assert_eq!(sdp.media(7), None);
}

#[test]
fn hold_is_said_and_understood() {
    let mut sdp = offer();
    assert!(!sdp.is_hold());
    sdp.set_direction(Direction::SendOnly);
    sdp.set_version(3);
    assert!(sdp.is_hold());
    let text = sdp.to_string();
    assert_eq!(text.matches("a=sendonly\r\n").count(), 2);
    assert!(!text.contains("sendrecv") && !text.contains("inactive"));
    assert!(text.contains("o=- 4611731400430051336 3 IN IP4 127.0.0.1\r\n"));
    assert!(offer().origin().same_session(sdp.origin()));
    // As RFC 2543 has it; with ICE that address means nothing yet.
    let old = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    assert!(Sdp::parse(old).unwrap().is_hold());
    // What was refused is not held.
    let mut sdp = offer();
    sdp.set_port(0, 0);
    sdp.set_port(1, 0);
    assert!(!sdp.is_hold());
    assert!(sdp.to_string().contains("m=video 0/2 RTP/AVP 99\r\n"));
}

#[test]
fn an_answer_has_the_other_end_of_each_way() {
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    assert_eq!(SendRecv.answer(true, true), SendRecv);
    assert_eq!(SendOnly.answer(true, true), RecvOnly);
    assert_eq!(RecvOnly.answer(true, true), SendOnly);
    assert_eq!(Inactive.answer(true, true), Inactive);
    assert_eq!(SendOnly.answer(true, false), Inactive);
}

#[test]
fn attributes_are_added_and_taken_away_in_their_part() {
    let mut sdp = offer();
    sdp.remove_attribute(Some(0), "candidate");
    sdp.add_attribute(Some(0), "candidate", "3 1 udp 1 192.0.2.9 5 typ host\r\nm=evil 1 x 1");
    sdp.add_attribute(Some(0), "end-of-candidates", "");
    sdp.add_attribute(None, "ice-options", "trickle");
    assert_eq!(sdp.candidates(0).collect::<Vec<_>>(), ["3 1 udp 1 192.0.2.9 5 typ host  m=evil 1 x 1"]);
    assert_eq!(sdp.len(), 2);
    assert_eq!(sdp.attributes(Some(0), "end-of-candidates").collect::<Vec<_>>(), [""]);
    assert_eq!(sdp.attributes(None, "ice-options").collect::<Vec<_>>(), ["trickle"]);
    assert_eq!(Sdp::parse(&sdp.to_string()).unwrap(), sdp);
}

#[test]
fn broken_ones_are_errors() {
    let begin = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n";
    for (text, error) in [
        ("", SdpError::Version),
        ("v=1\r\n", SdpError::Version),
        ("v=0\r\n", SdpError::Origin),
        ("v=0\r\no=- 1 x IN IP4 h\r\n", SdpError::Origin),
        ("v=0\r\no=- 1 99999999999999999999 IN IP4 h\r\n", SdpError::Origin),
        ("v=0\r\no=- 1 1 IN IP4\r\n", SdpError::Origin),
        (&format!("{begin}o=- 1 1 IN IP4 h\r\n"), SdpError::Origin),
        (&format!("{begin}hello\r\n"), SdpError::Line),
        (&format!("{begin}ab=c\r\n"), SdpError::Line),
        (&format!("{begin}a=b\rc\r\n"), SdpError::Line),
        (&format!("{begin}m=audio\r\n"), SdpError::Media),
        (&format!("{begin}m=audio 70000 RTP/AVP 0\r\n"), SdpError::Media),
        (&format!("{begin}m=audio -1 RTP/AVP 0\r\n"), SdpError::Media),
        (&format!("{begin}m=audio 9 RTP/AVP\r\n"), SdpError::Media),
        (&format!("{begin}m=audio 9 RTP/AVP 0\r\na=sendonly\r\na=recvonly\r\n"), SdpError::Direction),
        (&format!("{begin}{}", "a=x\r\n".repeat(MAX_LINES)), SdpError::TooLong),
        (&format!("{begin}{}", "m=audio 9 RTP/AVP 0\r\n".repeat(MAX_MEDIA + 1)), SdpError::TooLong),
    ] {
        assert_eq!(Sdp::parse(text), Err(error), "{text}");
    }
    assert_eq!(Sdp::from_body(b"v=0\xff"), Err(SdpError::NotText));
    let odd = Sdp::parse(&format!("{begin}m=audio 9 RTP/AVP 0\r\na=fingerprint:sha-256 4g\r\n")).unwrap();
    assert_eq!(odd.fingerprints(0), Err(SdpError::Fingerprint));
}

/// As RFC 8840, 4.2, shows fragments.
#[test]
fn fragments_bring_candidates() {
    let text = "a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\nm=audio 9 RTP/AVP 0\r\na=mid:1\r\n\
        a=candidate:2 1 UDP 1694498815 192.0.2.3 5000 typ srflx raddr 198.51.100.1 rport 8998\r\na=end-of-candidates\r\n\
        m=video 9 RTP/AVP 31\r\na=mid:2\r\na=ice-ufrag:uuuu\r\na=ice-pwd:pppppppppppppppppppppp\r\n";
    let fragment = Fragment::parse(text).unwrap();
    assert_eq!(fragment.to_string(), text);
    assert!(!fragment.ended && fragment.media[0].ended);
    assert_eq!(fragment.ice_of(&fragment.media[0]).unwrap().0, "8hhY");
    assert_eq!(fragment.ice_of(&fragment.media[1]).unwrap().0, "uuuu");
    assert_eq!(fragment.media[0].candidates.len(), 1);
    let ended =
        Fragment::parse("a=ice-ufrag:a\r\na=ice-pwd:b\r\na=ice-options:trickle\r\na=end-of-candidates\r\n").unwrap();
    assert!(ended.ended && ended.media.is_empty());
    for text in ["a=candidate:1\r\n", "a=mid:1\r\n", "a=ice-ufrag:a\r\n", "v=0\r\n", "m=x\r\na=ice-pwd:a\r\n"] {
        assert_eq!(Fragment::parse(text), Err(SdpError::Fragment), "{text}");
    }
}

#[test]
fn a_fragment_is_made_for_a_part() {
    let fragment = Fragment::of(&offer(), 0, &["9 1 udp 1 192.0.2.9 5 typ host"], true);
    assert_eq!(
        fragment.to_string(),
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 126\r\na=mid:0\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n\
         a=candidate:9 1 udp 1 192.0.2.9 5 typ host\r\na=end-of-candidates\r\n"
    );
    assert_eq!(Fragment::parse(&fragment.to_string()), Ok(fragment));
}
