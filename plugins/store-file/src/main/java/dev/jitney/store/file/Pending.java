// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

/** Stands for the parts of the store that are merged next; gone with them. */
final class Pending {

    private Pending() {}

    static <T> T part() {
        throw new UnsupportedOperationException("this part of the file store is not merged yet");
    }
}
