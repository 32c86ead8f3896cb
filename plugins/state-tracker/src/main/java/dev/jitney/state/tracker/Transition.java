// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.time.Instant;

/**
 * One step of a thing from state to state.
 *
 * @param from the state before; empty for the first
 * @param to the state after
 * @param time when the tracker saw it
 * @param trigger the topic of the event; {@code initialization} for a state that no event has named
 * @param event the id of the event
 */
public record Transition(String from, String to, Instant time, String trigger, String event) {}
