// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/**
 * What a replay has done (HIS-4).
 *
 * @param delivered how many events were handed to handlers
 * @param failed on how many of these a handler failed
 */
public record ReplayReport(long delivered, long failed) {}
