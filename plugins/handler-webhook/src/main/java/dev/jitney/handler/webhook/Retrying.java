// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.webhook;

import java.time.Duration;

/**
 * When a request is tried again.
 *
 * @param attempts how often at the most, the first included
 * @param backoff the wait before the second; each later wait is twice as long
 * @param most the longest wait
 */
record Retrying(int attempts, Duration backoff, Duration most) {

    /** Returns the wait after so many attempts, or as long as the endpoint has asked for. */
    Duration after(int attempt, Duration asked) {
        Duration wait = backoff;
        for (int i = 1; i < attempt && wait.compareTo(most) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        Duration longer = wait.compareTo(asked) < 0 ? asked : wait;
        return longer.compareTo(most) < 0 ? longer : most;
    }

    /** Returns how long all attempts may take together, if each takes this long. */
    Duration longest(Duration each) {
        return each.multipliedBy(attempts).plus(most.multipliedBy(attempts - 1L));
    }

    /** Says whether it may go better the next time. */
    static boolean isPassing(int status) {
        return status >= 500 || status == 408 || status == 425 || status == 429;
    }
}
