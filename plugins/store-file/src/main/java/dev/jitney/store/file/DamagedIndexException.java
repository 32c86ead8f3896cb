// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;

/** A derived file is not what was written. It is made again or done without, never trusted. */
final class DamagedIndexException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedIndexException(String message) {
        super(message);
    }
}
