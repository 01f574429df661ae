//! Which rows of a timeline are drawn: those on screen, and some around them.
//!
//! Rows far above are left out: the box runs from the bottom up, so nothing moves. Rows far below leave a space of their height.
//!
//! Always holds: the rows that are drawn are consecutive; the space has the height that the rows below had on screen.

use std::ops::Range;

/// So many rows may be drawn before others are left out.
const MOST: usize = 240;
/// So many may be drawn while rows are in use that may not be left out, before they are all the same.
const MOST_IN_USE: usize = 1_000;
/// Rows that stay above and below those on screen.
const AROUND: usize = 80;
/// Rows that are drawn at once above, and the fewest that are left out at once.
const MORE: usize = 50;
/// Pixels from the end of the drawn rows at which more are drawn.
pub(super) const NEAR: f64 = 600.0;

/// What of a timeline is drawn, by the keys of its rows.
pub(super) struct Drawn<K> {
    /// The first row; `None` for the oldest of all.
    top: Option<K>,
    /// The last row; `None` for the newest of all.
    bottom: Option<K>,
    /// Rows below the last one that were drawn, and their heights in pixels, the newest first. What came since is not among them.
    below: Vec<(K, f64)>,
    /// The newest row when the rows changed last.
    newest: Option<K>,
}

/// What is on screen of the rows that are drawn. Pixels.
pub(super) struct OnScreen<'a> {
    /// From the end of what is on screen to the bottom of all.
    pub(super) up: f64,
    /// From the top of the rows that are drawn to what is on screen.
    pub(super) above: f64,
    /// Where what is on screen begins and ends.
    pub(super) view: (f64, f64),
    /// Where a row ends, counted from the first that is drawn.
    pub(super) end_of: &'a dyn Fn(usize) -> f64,
    /// Whether rows may be left out: not those in which the user has selected text, or has the focus.
    pub(super) may_leave: &'a dyn Fn() -> bool,
}

impl<K> Default for Drawn<K> {
    fn default() -> Self {
        Self { top: None, bottom: None, below: Vec::new(), newest: None }
    }
}

impl<K: Copy + PartialEq> Drawn<K> {
    /// The places of the rows to draw, among all.
    pub(super) fn range(&self, keys: &[K]) -> Range<usize> {
        let end = place(self.bottom, keys).map_or(keys.len(), |last| last + 1);
        place(self.top, keys).unwrap_or(0).min(end)..end
    }

    /// Whether the last row that is drawn is the newest.
    pub(super) fn reaches_bottom(&self) -> bool {
        self.bottom.is_none()
    }

    /// The space below the rows, in whole pixels.
    pub(super) fn space(&self) -> i32 {
        self.height().round() as i32
    }

    fn height(&self) -> f64 {
        self.below.iter().map(|(_, height)| height).sum()
    }

    /// The rows are others now. Where very many have come, those at the bottom are drawn if that is on screen (`at_bottom`), and none of
    /// the new ones if not. Says whether other rows are drawn.
    pub(super) fn changed(&mut self, keys: &[K], at_bottom: bool, may_leave: &dyn Fn() -> bool) -> bool {
        let gone = |key: Option<K>| key.is_some() && place(key, keys).is_none();
        let (top_gone, bottom_gone) = (gone(self.top), gone(self.bottom));
        if bottom_gone {
            self.bottom = None;
            self.below.clear();
        }
        if top_gone {
            self.top = None;
        }
        let before = core::mem::replace(&mut self.newest, keys.last().copied());
        let come = before.filter(|before| keys.last() != Some(before) && keys.contains(before));
        let count = self.range(keys).len();
        let too_many = self.reaches_bottom() && count > MOST + MORE;
        let leaves = match (too_many, at_bottom) {
            (true, true) => count > MOST_IN_USE || may_leave(),
            (true, false) => come.is_some(),
            (false, _) => false,
        };
        match (leaves, at_bottom) {
            (true, true) => self.show_bottom(keys),
            (true, false) => self.bottom = come,
            (false, _) => {}
        }
        top_gone || bottom_gone || leaves
    }

    /// Draws this row, if it is not drawn, and some around it, instead of what was drawn. Says whether other rows are drawn.
    pub(super) fn show(&mut self, keys: &[K], row: usize) -> bool {
        if self.range(keys).contains(&row) {
            return false;
        }
        self.below.clear();
        self.top = row.checked_sub(MORE).and_then(|start| keys.get(start)).copied();
        let end = row.saturating_sub(MORE) + MOST;
        self.bottom = keys.get(end).and(keys.get(end - 1)).copied();
        true
    }

    /// Draws the newest rows, whatever was drawn before.
    pub(super) fn show_bottom(&mut self, keys: &[K]) {
        self.below.clear();
        self.bottom = None;
        self.top = keys.len().checked_sub(2 * AROUND).and_then(|start| keys.get(start)).copied();
    }

    /// The user has scrolled. Says whether other rows are drawn.
    pub(super) fn scrolled(&mut self, keys: &[K], screen: &OnScreen<'_>) -> bool {
        let Range { start, end } = self.range(keys);
        if !self.reaches_bottom() && screen.up - self.height() < NEAR {
            self.draw_below(keys, start, end, screen);
            return true;
        }
        if start > 0 && screen.above < NEAR {
            self.top = start.checked_sub(MORE).and_then(|start| keys.get(start)).copied();
            return true;
        }
        end - start > MOST && (screen.may_leave)() && self.leave_out(keys, start, end, screen)
    }

    /// Draws rows below the last one, until what is on screen has some around it.
    fn draw_below(&mut self, keys: &[K], start: usize, mut end: usize, screen: &OnScreen<'_>) {
        let wanted = (screen.up - 3.0 * NEAR).max(0.0);
        while self.height() > wanted {
            match self.below.pop() {
                Some((key, _)) if keys.get(end) == Some(&key) => end += 1,
                // Rows have come in between.
                _ => self.below.clear(),
            }
        }
        if self.below.is_empty() {
            end = keys.len().min(end + MORE);
        }
        self.bottom = keys.get(end).and(keys.get(end.wrapping_sub(1))).copied();
        if end - start > MOST && (screen.may_leave)() {
            self.top = keys.get(end - 2 * AROUND).copied();
        }
    }

    /// Leaves out what is far from what is on screen.
    fn leave_out(&mut self, keys: &[K], start: usize, end: usize, screen: &OnScreen<'_>) -> bool {
        let drawn = end - start;
        let (top, bottom) = screen.view;
        let first = first_where(drawn, |at| (screen.end_of)(at) > top);
        let last = first_where(drawn, |at| (screen.end_of)(at) >= bottom).min(drawn - 1);
        let (keep_from, keep_to) = (first.saturating_sub(AROUND), (last + 1 + AROUND).min(drawn));
        let leaves_below = drawn - keep_to >= MORE;
        if leaves_below {
            for at in (keep_to..drawn).rev() {
                let height = (screen.end_of)(at) - (screen.end_of)(at - 1);
                self.below.extend(keys.get(start + at).map(|key| (*key, height)));
            }
            self.bottom = keys.get(start + keep_to - 1).copied();
        }
        let leaves_above = keep_from >= MORE;
        if leaves_above {
            self.top = keys.get(start + keep_from).copied();
        }
        leaves_above || leaves_below
    }
}

fn place<K: Copy + PartialEq>(key: Option<K>, keys: &[K]) -> Option<usize> {
    let key = key?;
    keys.iter().position(|other| *other == key)
}

/// The first of so many for which this holds, as for all that follow; their number where it holds for none.
pub(super) fn first_where(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, count);
    while from < to {
        let middle = from.midpoint(to);
        if holds(middle) { to = middle } else { from = middle + 1 }
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A box of 500 pixels with rows of different heights.
    struct Log {
        keys: Vec<u32>,
        drawn: Drawn<u32>,
        /// From the bottom.
        up: f64,
    }

    const HEIGHT: f64 = 500.0;

    fn height(key: u32) -> f64 {
        20.5 + f64::from(key % 7) * 9.0
    }

    impl Log {
        fn new(keys: Range<u32>) -> Self {
            Self { keys: keys.collect(), drawn: Drawn::default(), up: 0.0 }
        }

        fn rows(&self) -> Vec<u32> {
            self.keys[self.drawn.range(&self.keys)].to_vec()
        }

        /// Scrolls, until no other rows are drawn for it; then what is on screen.
        fn scroll(&mut self, by: f64) -> Vec<u32> {
            self.up = (self.up + by).clamp(0.0, self.all() - HEIGHT);
            while self.step() {}
            self.on_screen()
        }

        /// The height of all that is drawn, and of the space.
        fn all(&self) -> f64 {
            self.rows().into_iter().map(height).sum::<f64>() + self.drawn.height()
        }

        fn step(&mut self) -> bool {
            let (rows, all) = (self.rows(), self.all());
            let ends: Vec<f64> = rows
                .iter()
                .scan(0.0, |end, key| {
                    *end += height(*key);
                    Some(*end)
                })
                .collect();
            let bottom = all - self.up;
            let screen = OnScreen {
                up: self.up,
                above: bottom - HEIGHT,
                view: (bottom - HEIGHT, bottom),
                end_of: &|at| ends[at],
                may_leave: &|| true,
            };
            self.drawn.scrolled(&self.keys, &screen)
        }

        fn on_screen(&self) -> Vec<u32> {
            let (mut below, mut seen) = (self.drawn.height(), Vec::new());
            for key in self.rows().into_iter().rev() {
                below += height(key);
                if below > self.up && below - height(key) < self.up + HEIGHT {
                    seen.push(key);
                }
            }
            seen
        }

        /// What would be on screen if all were drawn.
        fn wanted(&self) -> Vec<u32> {
            let all = Self { keys: self.keys.clone(), drawn: Drawn::default(), up: self.up };
            all.on_screen()
        }
    }

    #[test]
    fn few_rows_are_all_drawn() {
        let mut log = Log::new(0..100);
        log.scroll(900.0);
        assert_eq!(log.rows(), log.keys);
        assert_eq!(log.drawn.space(), 0);
    }

    #[test]
    fn what_is_on_screen_is_the_same_as_if_all_were_drawn_and_little_more_is() {
        let mut log = Log::new(0..3_000);
        for by in
            [1_200.0, 30_000.0, 10_000.0, -300.0, -9_000.0, 200.0, 40_000.0, -1_000_000.0, 700.0, 1_000_000.0, -5.0]
        {
            let seen = log.scroll(by);
            assert_eq!(seen, log.wanted(), "after {by}");
            assert!(!seen.is_empty() && log.rows().len() <= MOST + MORE, "{} rows after {by}", log.rows().len());
        }
    }

    #[test]
    fn step_by_step_up_and_down_nothing_moves() {
        let mut log = Log::new(0..1_200);
        for by in [250.0; 150].into_iter().chain([-333.0; 150]) {
            let seen = log.scroll(by);
            assert_eq!(seen, log.wanted());
            assert!(log.rows().len() <= MOST + MORE);
        }
        assert_eq!((log.up, log.drawn.space()), (0.0, 0));
    }

    #[test]
    fn what_comes_below_while_one_reads_above_is_drawn_when_one_is_back() {
        let mut log = Log::new(0..1_000);
        log.scroll(15_000.0);
        let seen = log.on_screen();
        log.keys.extend(1_000..1_003);
        assert!(!log.drawn.changed(&log.keys.clone(), false, &|| true));
        assert_eq!(log.on_screen(), seen, "nothing moves");
        log.scroll(-1_000_000.0);
        assert_eq!(log.rows().last(), Some(&1_002));
        assert!(log.drawn.reaches_bottom());
    }

    #[test]
    fn very_many_that_come_are_not_all_drawn() {
        for at_bottom in [true, false] {
            let mut log = Log::new(0..100);
            let change = |log: &mut Log| log.drawn.changed(&log.keys.clone(), at_bottom, &|| true);
            change(&mut log);
            let seen = log.scroll(if at_bottom { 0.0 } else { 900.0 });
            log.keys.extend(100..5_000);
            assert!(change(&mut log));
            assert!(log.rows().len() <= MOST + MORE);
            if at_bottom {
                assert_eq!(log.rows().last(), Some(&4_999));
                continue;
            }
            assert_eq!(log.on_screen(), seen, "nothing moves");
            log.drawn.show_bottom(&log.keys.clone());
            log.up = 0.0;
            while log.step() {}
            assert_eq!(log.on_screen().first(), Some(&4_999));
            assert!(log.rows().len() <= MOST + MORE);
        }
    }

    #[test]
    fn a_row_that_comes_in_between_is_drawn_in_its_place() {
        let mut log = Log::new(0..1_000);
        log.scroll(20_000.0);
        log.keys.insert(990, 5_000);
        log.scroll(-1_000_000.0);
        assert_eq!(log.rows(), log.keys[log.drawn.range(&log.keys)]);
        assert!(log.drawn.reaches_bottom() && log.rows().contains(&5_000));
    }

    #[test]
    fn rows_that_are_gone_leave_no_edge_behind() {
        let mut log = Log::new(0..1_000);
        log.scroll(20_000.0);
        log.keys = (2_000..2_010).collect();
        assert!(log.drawn.changed(&log.keys.clone(), false, &|| true));
        assert_eq!((log.rows(), log.drawn.space()), (log.keys.clone(), 0));
    }

    #[test]
    fn a_row_that_is_to_be_shown_is_drawn_with_some_around_it() {
        for row in [0, 20, 300, 820, 985] {
            let mut log = Log::new(0..1_000);
            log.scroll(if row > 900 { 1_000_000.0 } else { 0.0 });
            for _ in 0..3 {
                log.scroll(if row > 900 { 1_000_000.0 } else { 0.0 });
            }
            let place = usize::try_from(row).unwrap_or_default();
            assert!(!log.rows().contains(&row), "{row}");
            assert!(log.drawn.show(&log.keys.clone(), place));
            let rows = log.rows();
            let (above, below) =
                (rows.iter().filter(|key| **key < row).count(), rows.iter().filter(|key| **key > row).count());
            assert!(above >= MORE.min(place) && below >= AROUND.min(999 - place), "{above} above {row}, {below} below");
            assert!(rows.len() <= MOST);
            assert_eq!(log.drawn.reaches_bottom(), rows.contains(&999));
            assert!(!log.drawn.show(&log.keys.clone(), place), "it is drawn now");
        }
    }

    #[test]
    fn rows_with_a_selection_or_the_focus_stay() {
        let mut drawn = Drawn::default();
        let keys: Vec<u32> = (0..1_000).collect();
        let screen = OnScreen {
            up: 9_000.0,
            above: 9_000.0,
            view: (9_000.0, 9_500.0),
            end_of: &|at| (at + 1) as f64 * 20.0,
            may_leave: &|| false,
        };
        assert!(!drawn.scrolled(&keys, &screen));
        assert!(drawn.scrolled(&keys, &OnScreen { may_leave: &|| true, ..screen }));
        // Also on the way down, where others are drawn.
        let (before, below) = (drawn.range(&keys), OnScreen { up: 0.0, ..screen });
        assert!(drawn.scrolled(&keys, &below));
        assert_eq!(drawn.range(&keys).start, before.start);
    }

    #[test]
    fn rows_in_use_stay_when_others_come_unless_very_many_do() {
        let mut drawn = Drawn::default();
        let mut keys: Vec<u32> = (0..200).collect();
        drawn.changed(&keys, true, &|| false);
        keys.extend(200..600);
        assert!(!drawn.changed(&keys, true, &|| false));
        assert_eq!(drawn.range(&keys), 0..600);
        keys.extend(600..5_000);
        assert!(drawn.changed(&keys, true, &|| false));
        assert!(drawn.range(&keys).len() <= MOST + MORE);
    }
}
