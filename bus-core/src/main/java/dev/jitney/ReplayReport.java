// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/**
 * What a replay has done (HIS-4).
 *
 * @param delivered how many events there was a handler for
 * @param failed on how many of these a handler failed, or that were dropped, refused or cancelled
 *     before one had them
 * @param complete whether the replay came to the end of what was selected; false if it was stopped
 */
public record ReplayReport(long delivered, long failed, boolean complete) {}
