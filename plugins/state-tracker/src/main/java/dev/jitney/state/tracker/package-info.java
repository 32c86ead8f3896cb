// SPDX-License-Identifier: Apache-2.0
/**
 * State trackers: {@link dev.jitney.state.tracker.StateMachine} declares what may become what,
 * {@link dev.jitney.state.tracker.StateTracker} follows it on a bus, and {@link
 * dev.jitney.state.tracker.EntityEmitter} publishes the events of the ready-made machines.
 */
@NullMarked
package dev.jitney.state.tracker;

import org.jspecify.annotations.NullMarked;
