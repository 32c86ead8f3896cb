// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.util.Map;

/**
 * What a drain has done (LIF-2).
 *
 * @param complete whether everything that was accepted has been settled
 * @param settled how many events were settled while it drained
 * @param deadLettered how many dead letters were made while it drained
 * @param abandoned how many accepted events were left when its limit passed
 * @param handled how many events each subscription has handled while it drained, by id
 */
public record DrainReport(
        boolean complete,
        long settled,
        long deadLettered,
        long abandoned,
        Map<String, Long> handled) {

    public DrainReport {
        handled = Map.copyOf(handled);
    }
}
