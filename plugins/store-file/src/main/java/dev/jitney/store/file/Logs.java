// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

/**
 * The loggers of the store, asked for when there is something to say: to find the first one takes
 * 10 ms in a fresh JVM, and mostly there is nothing.
 */
final class Logs {

    private Logs() {}

    static System.Logger of(Class<?> type) {
        return System.getLogger(type.getName());
    }
}
