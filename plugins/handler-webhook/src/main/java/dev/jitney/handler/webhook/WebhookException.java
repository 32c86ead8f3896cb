// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.webhook;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An endpoint has not taken an event, and will not be asked again. The message says why. */
public final class WebhookException extends IOException {

    private static final long serialVersionUID = 1L;

    WebhookException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
