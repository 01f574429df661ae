//! Pictures as a carrier takes them: of another kind, or smaller. Pure; takes some hundred milliseconds for a large one.
//!
//! Always holds: what moves is never made a still in silence: an animated picture stays as it is, or is refused. A picture that would take more memory
//! than 256 MB is not opened. A picture that is to be turned is turned: what says so (EXIF) is not in what comes out.

use std::io::Cursor;

use halyard_protocol::MediaKind;
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{AnimationDecoder as _, DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage};
use tokio::sync::Semaphore;

/// Bytes that a picture may take while it is open: some 60 megapixels.
const MEMORY: u64 = 256 * 1024 * 1024;
/// Pixels across or down.
const SIDE: u32 = 16_384;
/// Sides that a picture is made smaller to, one after the other, and the qualities that are tried with each.
const SIDES: [u32; 6] = [4_096, 2_048, 1_600, 1_280, 960, 640];
const QUALITIES: [u8; 3] = [88, 78, 65];

/// A file as a carrier takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// Its kind now.
    pub kind: MediaKind,
    /// Its content.
    pub content: Vec<u8>,
}

/// Why a file can't be made so that a carrier takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotConvert {
    /// It moves, and the carrier takes it neither so nor of this size.
    #[error("the carrier takes no animated picture of this kind or size")]
    Animated,
    /// It is no picture.
    #[error("the carrier takes no files of this kind")]
    Kind,
    /// It is no picture, and too large.
    #[error("the carrier takes files of {0} kB together")]
    TooLarge(u32),
    /// It can't be opened, or would take too much memory.
    #[error("the picture can't be opened")]
    Damaged,
}

/// One at a time: each may take as much memory as [`MEMORY`] and some more.
static TURN: Semaphore = Semaphore::const_new(1);

/// Runs a conversion beside the runtime, when its turn has come; `None` where it failed.
pub async fn convert<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _turn = TURN.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}

/// Makes a file so that a carrier takes it, which takes these kinds and so many bytes.
///
/// # Errors
/// [`CannotConvert`].
pub fn for_carrier(
    kind: MediaKind,
    content: &[u8],
    takes: &[MediaKind],
    bytes: u32,
) -> Result<Converted, CannotConvert> {
    let fits = |content: &[u8]| content.len() <= bytes as usize;
    let is_taken = takes.contains(&kind);
    if is_taken && fits(content) {
        return Ok(Converted { kind, content: content.to_vec() });
    }
    if !kind.is_picture() {
        let too_large = CannotConvert::TooLarge(bytes / 1_000);
        return Err(if is_taken { too_large } else { CannotConvert::Kind });
    }
    if is_animated(kind, content)? {
        return Err(CannotConvert::Animated);
    }
    let picture = open(content)?;
    // What has transparent places stays so, if that is small enough.
    if picture.color().has_alpha() && takes.contains(&MediaKind::Png) {
        let mut png = Cursor::new(Vec::new());
        let written = picture.write_to(&mut png, ImageFormat::Png);
        if written.is_ok() && fits(png.get_ref()) {
            return Ok(Converted { kind: MediaKind::Png, content: png.into_inner() });
        }
    }
    if !takes.contains(&MediaKind::Jpeg) {
        return Err(CannotConvert::Kind);
    }
    let opaque = on_white(&picture);
    for side in SIDES {
        let smaller = smaller(&opaque, side);
        for quality in QUALITIES {
            let mut jpeg = Vec::new();
            let written = JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(&smaller);
            if written.is_ok() && fits(&jpeg) {
                return Ok(Converted { kind: MediaKind::Jpeg, content: jpeg });
            }
        }
    }
    Err(CannotConvert::TooLarge(bytes / 1_000))
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    limits
}

/// The picture as it is to be seen: what is written beside it about its orientation does not come along.
fn open(content: &[u8]) -> Result<DynamicImage, CannotConvert> {
    let read = || {
        let mut limits = limits();
        let mut reader = ImageReader::new(Cursor::new(content)).with_guessed_format()?;
        reader.limits(limits.clone());
        let mut decoder = reader.into_decoder()?;
        limits.reserve(decoder.total_bytes())?;
        decoder.set_limits(limits)?;
        // One that can't be read is none.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut picture = DynamicImage::from_decoder(decoder)?;
        picture.apply_orientation(orientation);
        Ok(picture)
    };
    read().map_err(|_: image::ImageError| CannotConvert::Damaged)
}

/// Whether a picture moves: it has more than one frame.
fn is_animated(kind: MediaKind, content: &[u8]) -> Result<bool, CannotConvert> {
    match kind {
        MediaKind::Gif => {
            let decoder = GifDecoder::new(Cursor::new(content)).map_err(|_| CannotConvert::Damaged)?;
            Ok(decoder.into_frames().take(2).filter(Result::is_ok).count() > 1)
        }
        MediaKind::Webp => {
            let decoder = WebPDecoder::new(Cursor::new(content)).map_err(|_| CannotConvert::Damaged)?;
            Ok(decoder.has_animation())
        }
        // An animated PNG says so by a chunk before its picture.
        MediaKind::Png => {
            let head = content.get(..content.len().min(4_096)).unwrap_or_default();
            Ok(head.windows(4).any(|name| name == b"acTL"))
        }
        _ => Ok(false),
    }
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let rgba = picture.to_rgba8();
    let (width, height) = rgba.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        let over = |c: u8| {
            let (c, a) = (u16::from(c), u16::from(a));
            u8::try_from((c * a + 255 * (255 - a)) / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([over(r), over(g), over(b)])
    })
}

fn smaller(picture: &RgbImage, side: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    if longest <= side {
        return picture.clone();
    }
    let scaled = |pixels: u32| {
        let scaled = u64::from(pixels) * u64::from(side) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(side).max(1)
    };
    image::imageops::resize(picture, scaled(width), scaled(height), FilterType::CatmullRom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::GifEncoder;
    use image::codecs::png::PngEncoder;
    use image::codecs::webp::WebPEncoder;
    use image::{Frame, ImageEncoder, RgbaImage};

    const TAKES: &[MediaKind] = &[MediaKind::Jpeg, MediaKind::Png, MediaKind::Gif, MediaKind::Mp4];
    const NO_GIF: &[MediaKind] = &[MediaKind::Jpeg, MediaKind::Png];

    /// A picture that does not get much smaller by packing it.
    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut state = 1u32;
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
        }))
    }

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn gif(frames: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        {
            let mut encoder = GifEncoder::new(&mut bytes);
            let frame =
                |n: usize| Frame::new(RgbaImage::from_pixel(4, 4, image::Rgba([u8::try_from(n).unwrap(), 0, 0, 255])));
            encoder.encode_frames((0..frames).map(frame)).unwrap();
        }
        bytes
    }

    #[test]
    fn what_is_taken_stays_as_it_is() {
        for (kind, content) in [(MediaKind::Gif, gif(3)), (MediaKind::Mp4, b"film".to_vec())] {
            let same = for_carrier(kind, &content, TAKES, 600_000).unwrap();
            assert_eq!(same, Converted { kind, content });
        }
    }

    #[test]
    fn a_picture_that_is_too_large_gets_smaller_until_it_fits() {
        let png = written(&noise(600, 400), ImageFormat::Png);
        assert!(png.len() > 600_000);
        let small = for_carrier(MediaKind::Png, &png, TAKES, 400_000).unwrap();
        assert_eq!(small.kind, MediaKind::Jpeg);
        assert!(small.content.len() <= 400_000, "{}", small.content.len());
        let opened = open(&small.content).unwrap();
        assert_eq!(opened.width() * 2, opened.height() * 3, "the same shape");
    }

    #[test]
    fn a_kind_that_is_not_taken_becomes_one_that_is() {
        let webp = written(&noise(64, 64), ImageFormat::WebP);
        assert_eq!(for_carrier(MediaKind::Webp, &webp, TAKES, 600_000).unwrap().kind, MediaKind::Jpeg);
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(8, 8, image::Rgba([9, 9, 9, 0])));
        let webp = written(&clear, ImageFormat::WebP);
        assert_eq!(for_carrier(MediaKind::Webp, &webp, TAKES, 600_000).unwrap().kind, MediaKind::Png);
        let jpeg_only = for_carrier(MediaKind::Webp, &webp, &[MediaKind::Jpeg], 600_000).unwrap();
        let white = open(&jpeg_only.content).unwrap().to_rgb8().get_pixel(3, 3).0;
        assert!(white.iter().all(|c| *c > 250), "what is clear becomes white: {white:?}");
        assert_eq!(for_carrier(MediaKind::Gif, &gif(1), NO_GIF, 600_000).unwrap().kind, MediaKind::Png);
    }

    /// The same picture in a format, turned by what stands beside it: its right side is the top (EXIF, orientation 6).
    fn lying(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        let mut bytes = Cursor::new(Vec::new());
        match format {
            ImageFormat::Jpeg => with(JpegEncoder::new_with_quality(&mut bytes, 100), exif, picture),
            ImageFormat::Png => with(PngEncoder::new(&mut bytes), exif, picture),
            ImageFormat::WebP => with(WebPEncoder::new_lossless(&mut bytes), exif, picture),
            _ => panic!("no such pictures here"),
        }
        bytes.into_inner()
    }

    fn with(mut encoder: impl ImageEncoder, exif: Vec<u8>, picture: &DynamicImage) {
        encoder.set_exif_metadata(exif).unwrap();
        picture.write_with_encoder(encoder).unwrap();
    }

    #[test]
    fn a_picture_that_lies_is_turned() {
        // Red to the left, blue to the right; turned by a quarter, red is at the top.
        let [red, blue] = [image::Rgb([255, 0, 0]), image::Rgb([0, 0, 255])];
        let picture = RgbImage::from_fn(64, 32, |x, _| if x < 32 { red } else { blue });
        let picture = DynamicImage::ImageRgb8(picture);
        for (kind, format, takes) in [
            (MediaKind::Webp, ImageFormat::WebP, &[MediaKind::Jpeg][..]),
            (MediaKind::Png, ImageFormat::Png, &[MediaKind::Jpeg]),
            // Of a kind that is taken, but too large.
            (MediaKind::Jpeg, ImageFormat::Jpeg, &[MediaKind::Jpeg]),
        ] {
            let content = lying(&picture, format);
            let bytes = if takes.contains(&kind) { u32::try_from(content.len()).unwrap() - 1 } else { 600_000 };
            let turned = open(&for_carrier(kind, &content, takes, bytes).unwrap().content).unwrap().to_rgb8();
            assert_eq!(turned.dimensions(), (32, 64), "{format:?}");
            let [r, _, b] = turned.get_pixel(16, 4).0;
            assert!(r > 200 && b < 50, "{format:?}: red is at the top");
        }
    }

    #[test]
    fn what_moves_is_never_made_a_still() {
        assert_eq!(for_carrier(MediaKind::Gif, &gif(2), NO_GIF, 600_000), Err(CannotConvert::Animated));
        assert_eq!(for_carrier(MediaKind::Gif, &gif(3), TAKES, 10), Err(CannotConvert::Animated));
        let mut apng = written(&noise(4, 4), ImageFormat::Png);
        apng.splice(33..33, [0, 0, 0, 8, b'a', b'c', b'T', b'L', 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(for_carrier(MediaKind::Png, &apng, TAKES, 10), Err(CannotConvert::Animated));
    }

    #[test]
    fn other_files_are_refused_with_the_size_that_they_may_have() {
        assert_eq!(for_carrier(MediaKind::Mp4, &[0; 700_000], TAKES, 600_000), Err(CannotConvert::TooLarge(600)));
        assert_eq!(for_carrier(MediaKind::Pdf, b"%PDF-", TAKES, 600_000), Err(CannotConvert::Kind));
        assert_eq!(for_carrier(MediaKind::Webp, b"RIFF", TAKES, 600_000), Err(CannotConvert::Damaged));
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_is_not_opened() {
        // A PNG of 60,000 by 60,000 pixels that says so, and has next to nothing in it.
        let mut bomb = written(&noise(1, 1), ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        assert_eq!(for_carrier(MediaKind::Png, &bomb, &[MediaKind::Jpeg], 600_000), Err(CannotConvert::Damaged));
    }
}
