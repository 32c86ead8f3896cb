// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

/** A part of the contract of dead-letter sinks. */
interface SinkRules {

    /** Returns what holds the sinks of the running test. */
    SinkHarness sinks();
}
