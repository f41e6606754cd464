#pragma once

namespace vireo::app {

/// From now on TERM, INT, USR1 and USR2 are taken note of, and otherwise ignored: whoever runs asks, and ends in good
/// order.
void note_signals();

/// The latest one that arrived; 0: none
[[nodiscard]] int latest_signal();

}  // namespace vireo::app
