use codec_core::codecs::amr::{AmrMode, storage};
use halyard_protocol::MediaKind;
use proptest::prelude::*;

use super::*;

/// So many frames of a tone of 440 Hz, as a phone would record it.
pub(crate) fn recording(variant: AmrVariant, mode: u8, frames: usize) -> Vec<u8> {
    let frames: Vec<_> = speech(variant, mode, frames);
    storage::write(variant, &frames).unwrap()
}

fn speech(variant: AmrVariant, mode: u8, frames: usize) -> Vec<AmrPayloadFrame> {
    let config = match variant {
        AmrVariant::NarrowBand => CodecConfig::amr_nb(),
        AmrVariant::WideBand => CodecConfig::amr_wb(),
    };
    let mut codec = AmrCodec::new(&config).unwrap();
    codec.set_mode(mode).unwrap();
    let samples = variant.frame_samples();
    let step = std::f64::consts::TAU * 440.0 / f64::from(variant.sample_rate());
    let frame = |number: usize| {
        let tone = (number * samples..(number + 1) * samples).map(|n| ((n as f64 * step).sin() * 8_000.0) as i16);
        let coded = codec.encode_frame(&tone.collect::<Vec<_>>()).unwrap();
        assert_eq!((coded.kind, coded.mode), (FrameKind::Speech, mode));
        let mode = AmrMode::new(variant, mode).unwrap();
        AmrPayloadFrame::new(AmrFrameType::Speech(mode), true, coded.data).unwrap()
    };
    (0..frames).map(frame).collect()
}

/// The samples of a WAV file whose head is right.
fn samples(wav: &[u8], variant: AmrVariant) -> Vec<i16> {
    assert_eq!(MediaKind::of(wav), Some(MediaKind::Wav));
    assert_eq!(wav[24..28], variant.sample_rate().to_le_bytes());
    assert_eq!(wav[4..8], (wav.len() as u32 - 8).to_le_bytes());
    assert_eq!(wav[40..44], (wav.len() as u32 - 44).to_le_bytes());
    wav[44..].chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect()
}

/// How strong a frequency is in a sound (Goertzel's algorithm).
fn strength(samples: &[i16], rate: u32, hertz: u32) -> f64 {
    let factor = 2.0 * (std::f64::consts::TAU * f64::from(hertz) / f64::from(rate)).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        (last, before) = (f64::from(*sample) + factor * last - before, last);
    }
    last.mul_add(last, before.mul_add(before, -(factor * last * before))).max(0.0).sqrt() / samples.len() as f64
}

const BOTH: [AmrVariant; 2] = [AmrVariant::NarrowBand, AmrVariant::WideBand];

#[test]
fn a_tone_is_the_same_tone_in_every_mode() {
    for variant in BOTH {
        for mode in 0..variant.speech_mode_count() {
            let file = recording(variant, mode, 50);
            assert_eq!(MediaKind::of(&file), Some(MediaKind::Amr));
            let samples = samples(&to_wav(&file).unwrap(), variant);
            assert_eq!(samples.len(), variant.sample_rate() as usize, "a second");
            // Past the first moments, by which the codec has to find its way in.
            let sound = &samples[samples.len() / 5..];
            let strongest = |hertz: &u32| strength(sound, variant.sample_rate(), *hertz) as u64;
            let peak = (100..variant.sample_rate() / 2).step_by(10).max_by_key(strongest).unwrap();
            assert!(peak.abs_diff(440) <= 20, "{variant} {mode}: {peak} Hz");
            // A tone of 8,000 has the half of it.
            assert!((1_000..6_000).contains(&strongest(&peak)), "{variant} {mode}: {}", strongest(&peak));
        }
    }
}

#[test]
fn what_is_lost_takes_its_time() {
    for variant in BOTH {
        let mut frames = speech(variant, 2, 30);
        frames[10].quality_ok = false;
        frames[11] = AmrPayloadFrame::no_data();
        frames[12] = AmrPayloadFrame::no_data();
        let sid = vec![0x5A; variant.sid_bits().div_ceil(8)];
        frames[13] = AmrPayloadFrame::new(AmrFrameType::Sid(variant), true, sid.clone()).unwrap();
        frames[14] = AmrPayloadFrame::new(AmrFrameType::Sid(variant), false, sid).unwrap();
        if variant == AmrVariant::WideBand {
            frames[0] = AmrPayloadFrame::speech_lost();
            frames[20] = AmrPayloadFrame::speech_lost();
        }
        let wav = to_wav(&storage::write(variant, &frames).unwrap()).unwrap();
        let samples = samples(&wav, variant);
        assert_eq!(samples.len(), 30 * variant.frame_samples());
        assert!(samples[25 * variant.frame_samples()..].iter().any(|sample| sample.unsigned_abs() > 2_000));
        // Nothing but silence is a recording, too.
        let wav = to_wav(&storage::write(variant, &[AmrPayloadFrame::no_data()]).unwrap()).unwrap();
        assert_eq!(wav.len(), 44 + 2 * variant.frame_samples());
    }
}

#[test]
fn a_cut_off_recording_ends_before_its_last_frame() {
    for variant in BOTH {
        let file = recording(variant, 1, 3);
        let size = variant.frame_samples() * 2;
        let frame = (file.len() - variant.storage_magic().len()) / 3;
        for end in 0..file.len() {
            let whole = end.checked_sub(variant.storage_magic().len()).map_or(0, |sound| sound / frame);
            let wav = to_wav(&file[..end]);
            assert_eq!(wav.map(|wav| wav.len()), (whole > 0).then_some(44 + whole * size), "{end}");
        }
    }
}

#[test]
fn what_is_no_recording_or_too_long_is_left_as_it_is() {
    let no_data = |magic: &[u8], frames: usize| [magic, &vec![0x7C; frames]].concat();
    let (narrow, wide) = (&b"#!AMR\n"[..], &b"#!AMR-WB\n"[..]);
    let cases: [&[u8]; 6] = [
        b"",
        b"RIFF",
        narrow,
        wide,
        // Two channels; a type that nobody knows behind a frame that is one.
        b"#!AMR_MC1.0\n\0\0\0\x02\x7C",
        b"#!AMR\n\x7C\x4C\0\0\0",
    ];
    for content in cases {
        assert_eq!(to_wav(content), None, "{}", String::from_utf8_lossy(content));
    }
    for (magic, frames) in [(narrow, 30_001), (narrow, 10_000_000), (wide, 15_625), (wide, 10_000_000)] {
        assert_eq!(to_wav(&no_data(magic, frames)), None, "{frames}");
    }
    // The longest ones.
    assert_eq!(to_wav(&no_data(narrow, 30_000)).map(|wav| wav.len()), Some(9_600_044));
    assert_eq!(to_wav(&no_data(wide, 15_624)).map(|wav| wav.len()), Some(9_999_404));
}

#[test]
fn a_decoder_that_panics_leaves_it_as_it_is() {
    assert_eq!(guarded(|| panic!("of the decoder")), None);
    assert_eq!(guarded(|| Some(Vec::new())), Some(Vec::new()));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(wide in any::<bool>(), content in prop::collection::vec(any::<u8>(), 0..3_000)) {
        let magic = if wide { &b"#!AMR-WB\n"[..] } else { b"#!AMR\n" };
        wav(&[magic, &content].concat());
        wav(&content);
    }

    /// Frames of known types with any bits in them.
    #[test]
    fn no_frames_make_it_panic(
        wide in any::<bool>(), heads in prop::collection::vec((0..16_u8, any::<bool>()), 1..40), bits in prop::collection::vec(any::<u8>(), 61..200),
    ) {
        let variant = if wide { AmrVariant::WideBand } else { AmrVariant::NarrowBand };
        let mut content = variant.storage_magic().to_vec();
        let mut count = 0;
        for (number, (kind, good)) in heads.into_iter().enumerate() {
            let Ok(frame) = AmrFrameType::from_index(variant, kind) else { continue };
            content.push(kind << 3 | u8::from(good) << 2);
            content.extend(bits.iter().cycle().skip(number * 7).take(frame.octet_aligned_bytes()));
            count += 1;
        }
        let size = (count > 0).then_some(44 + count * 2 * variant.frame_samples());
        prop_assert_eq!(wav(&content).map(|wav| wav.len()), size);
    }
}
