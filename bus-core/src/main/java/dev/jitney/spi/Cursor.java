// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Offset;
import java.time.Instant;

/**
 * A named position in a log (STO-5).
 *
 * @param name its name, {@code [A-Za-z0-9][A-Za-z0-9._-]*}, at most 128 characters
 * @param checkpoint the offset of the first event that is not yet done
 * @param lag how many offsets lie between the checkpoint and the end
 * @param lastUsed when it was saved last
 * @param idle whether it is unused for so long that it no longer holds retention back
 */
public record Cursor(String name, Offset checkpoint, long lag, Instant lastUsed, boolean idle) {}
