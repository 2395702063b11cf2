//! How eyes see colours: luminance and contrast as WCAG 2 defines them, colour vision deficiencies after Machado, Oliveira and
//! Fernandes (2009, severity 1), and how different two colours look, in Oklab.

/// Red, green and blue as light, from 0 to 1.
type Light = [f64; 3];

/// How a kind of colour vision transforms light.
pub type Vision = [[f64; 3]; 3];

pub const USUAL: Vision = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
pub const PROTANOPIA: Vision =
    [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]];
pub const DEUTERANOPIA: Vision =
    [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]];
pub const TRITANOPIA: Vision =
    [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]];

fn light(rgb: [u8; 3]) -> Light {
    rgb.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

fn dot(one: [f64; 3], other: [f64; 3]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// Relative luminance, from 0 (black) to 1 (white).
pub fn luminance(rgb: [u8; 3]) -> f64 {
    dot([0.2126, 0.7152, 0.0722], light(rgb))
}

/// The contrast ratio of two colours, from 1 to 21.
pub fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// How different two colours look to a kind of vision; 0.02 is about the smallest difference visible side by side.
pub fn difference(one: [u8; 3], other: [u8; 3], vision: &Vision) -> f64 {
    let [one, other] = [one, other].map(|rgb| oklab(vision.map(|row| dot(row, light(rgb)).clamp(0.0, 1.0))));
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

fn oklab(light: Light) -> [f64; 3] {
    const CONES: [[f64; 3]; 3] = [
        [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
        [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
        [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
    ];
    const AXES: [[f64; 3]; 3] = [
        [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
        [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
        [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
    ];
    let cones = CONES.map(|row| dot(row, light).cbrt());
    AXES.map(|row| dot(row, cones))
}

#[test]
fn black_and_white_are_as_far_apart_as_can_be() {
    let (black, white) = ([0; 3], [255; 3]);
    assert!((contrast(black, white) - 21.0).abs() < 1e-9);
    for vision in [USUAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA] {
        assert!((difference(black, white, &vision) - 1.0).abs() < 1e-2);
    }
}

#[test]
fn red_and_green_come_close_for_those_who_lack_a_cone() {
    let (red, green) = ([200, 80, 60], [110, 125, 40]);
    assert!(difference(red, green, &USUAL) > 2.0 * difference(red, green, &DEUTERANOPIA));
}
