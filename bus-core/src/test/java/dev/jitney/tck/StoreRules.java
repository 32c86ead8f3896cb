// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

/** A chapter of the contract of event stores. */
interface StoreRules {

    /** Returns what the test at hand works with. */
    StoreHarness harness();
}
