// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.util.Locale;

/**
 * What an acknowledgement of a stored event means, weakest first (STO-2).
 *
 * <table>
 * <caption>What each level survives</caption>
 * <tr><th>level</th><th>means</th><th>kill -9</th><th>loss of power</th></tr>
 * <tr><td>MEMORY</td><td>queued in this process</td><td>no</td><td>no</td></tr>
 * <tr><td>OS</td><td>written to the system's page cache</td><td>yes</td><td>no</td></tr>
 * <tr><td>DISK</td><td>forced to the device</td><td>yes</td><td>yes, if the device honours a
 *     flush</td></tr>
 * <tr><td>REMOTE</td><td>a broker or database has confirmed it</td><td>yes</td><td>as that system
 *     promises</td></tr>
 * </table>
 */
public enum Level {
    MEMORY,
    OS,
    DISK,
    REMOTE;

    /** Returns the name used on the command line, for example {@code disk}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
