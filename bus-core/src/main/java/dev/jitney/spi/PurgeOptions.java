// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/**
 * How to purge.
 *
 * @param dryRun true to count only
 * @param ignoreCursors true to remove also events that a named cursor has not passed yet; otherwise
 *     those are kept and counted
 * @param keepNewest how many of the selected events, the newest ones, are kept
 */
public record PurgeOptions(boolean dryRun, boolean ignoreCursors, long keepNewest) {

    public PurgeOptions {
        if (keepNewest < 0) {
            throw new IllegalArgumentException(
                    "keepNewest must be 0 or more events, but was " + keepNewest);
        }
    }

    /** Removes all that is selected and that no cursor needs. */
    public static PurgeOptions standard() {
        return new PurgeOptions(false, false, 0);
    }
}
