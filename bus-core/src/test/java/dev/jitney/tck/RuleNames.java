// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Puts the rule in front of what a failed assertion says, as build logs often show the name of the
 * method alone.
 */
final class RuleNames implements TestExecutionExceptionHandler {

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        if (!(failure instanceof AssertionError)) {
            throw failure;
        }
        String said = String.valueOf(failure.getMessage()).strip();
        AssertionError named = new AssertionError(context.getDisplayName() + ".\n" + said, failure);
        named.setStackTrace(failure.getStackTrace());
        throw named;
    }
}
