// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/**
 * What a replay has done (HIS-4).
 *
 * @param delivered how many events were handed to handlers
 * @param failed on how many of these a handler failed
 * @param complete whether all that was selected was delivered; false if it was stopped
 */
public record ReplayReport(long delivered, long failed, boolean complete) {}
