//! Phones' recordings (AMR and AMR-WB, 3GPP TS 26.071 and 26.171) as what browsers play: WAV. Pure; takes some seconds for a long one.
//!
//! Always holds: what is longer than ten minutes, or would be larger than a file that comes in may be, is not decoded: a recording is made
//! into a whole one or left as it came. A frame that was lost or damaged takes its 20 ms all the same.

#[cfg(test)]
pub(crate) mod tests;

use std::panic::catch_unwind;

use codec_core::codecs::amr::{AmrCodec, AmrFrameType, AmrPayloadFrame, AmrStorageReader, AmrVariant};
use codec_core::types::{CodecConfig, CodedFrame, FrameKind, VariableRateCodec};
use halyard_protocol::limits;

/// How many minutes a recording may have.
const MINUTES: usize = 10;
/// Frames of 20 ms in a minute.
const FRAMES_PER_MINUTE: usize = 60 * 50;
/// Bytes of a WAV file before its samples.
const HEAD: usize = 44;

/// A recording (RFC 4867, 5.1) as a WAV file: 16 bit, one channel, 8 kHz, or 16 kHz of AMR-WB. One whose last frame is cut off ends before it.
/// None where it is no recording, has no sound, is too long, or has frames of no known type: then it is to be kept as it came.
#[must_use]
pub fn to_wav(recording: &[u8]) -> Option<Vec<u8>> {
    guarded(|| wav(recording))
}

/// Does it, and says None where it fails by a panic: the decoder is another's, and what it reads is anybody's.
fn guarded(work: impl FnOnce() -> Option<Vec<u8>> + std::panic::UnwindSafe) -> Option<Vec<u8>> {
    catch_unwind(work).unwrap_or_else(|_| {
        tracing::error!("the decoder of recordings failed; the recording is kept as it came");
        None
    })
}

fn wav(recording: &[u8]) -> Option<Vec<u8>> {
    let variant = AmrStorageReader::new(recording).ok()?.variant();
    let frames = count(variant, recording)?;
    let size = frames * variant.frame_samples() * 2;
    if frames == 0 || HEAD + size > limits::CHAT_MEDIA_BYTES as usize {
        return None;
    }
    let mut out = head(variant.sample_rate(), u32::try_from(size).ok()?);
    out.reserve_exact(size);
    let mut codec = AmrCodec::new(&match variant {
        AmrVariant::NarrowBand => CodecConfig::amr_nb(),
        AmrVariant::WideBand => CodecConfig::amr_wb(),
    })
    .ok()?;
    let mut reader = AmrStorageReader::new(recording).ok()?;
    // The mode of the last speech: what is lost is made up in it.
    let mut mode = 0;
    for _ in 0..frames {
        let frame = coded(reader.next_frame().ok()??, &mut mode);
        let mut samples = codec.decode_frame(&frame).unwrap_or_default();
        // Silence where nothing could be made up.
        samples.resize(variant.frame_samples(), 0);
        out.extend(samples.into_iter().flat_map(i16::to_le_bytes));
    }
    Some(out)
}

/// How many whole frames a recording has. None where they are too many, or of a type that is not known: where the next one begins, then, nobody can
/// say.
fn count(variant: AmrVariant, recording: &[u8]) -> Option<usize> {
    let mut rest = recording.get(variant.storage_magic().len()..)?;
    let mut frames = 0;
    while let Some((head, behind)) = rest.split_first() {
        let kind = AmrFrameType::from_index(variant, head >> 3 & 15).ok()?;
        let Some(next) = behind.get(kind.octet_aligned_bytes()..) else { break };
        rest = next;
        frames += 1;
        if frames > MINUTES * FRAMES_PER_MINUTE {
            return None;
        }
    }
    Some(frames)
}

/// A frame of a file as the decoder takes it.
fn coded(frame: AmrPayloadFrame, mode: &mut u8) -> CodedFrame {
    let kind = match frame.frame_type {
        AmrFrameType::Speech(new) => {
            *mode = new.index();
            FrameKind::Speech
        }
        AmrFrameType::Sid(_) => FrameKind::ComfortNoise,
        AmrFrameType::NoData => FrameKind::NoData,
        AmrFrameType::SpeechLost => FrameKind::Lost,
    };
    CodedFrame { kind, mode: *mode, quality_ok: frame.quality_ok, data: frame.data }
}

/// What stands before so many bytes of samples (IBM and Microsoft, Multimedia Programming Interface and Data Specifications 1.0, chapter 3).
fn head(rate: u32, size: u32) -> Vec<u8> {
    /// PCM in one channel.
    const FORMAT: [u8; 8] = [16, 0, 0, 0, 1, 0, 1, 0];
    /// Bytes of a sample, and its bits.
    const SAMPLE: [u8; 4] = [2, 0, 16, 0];
    let (whole, second) = (size + 36, rate * 2);
    let (whole, rate, second, size) =
        (whole.to_le_bytes(), rate.to_le_bytes(), second.to_le_bytes(), size.to_le_bytes());
    [&b"RIFF"[..], &whole, b"WAVEfmt ", &FORMAT, &rate, &second, &SAMPLE, b"data", &size].concat()
}
