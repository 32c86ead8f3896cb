// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The engine's mapper, looked up once, when the first caller needs JSON outside of a format. */
final class StandardMapper {

    static final PayloadMapper INSTANCE =
            ServiceLoader.load(PayloadMapper.class, PayloadMapper.class.getClassLoader())
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new ServiceConfigurationError(
                                            "No PayloadMapper is on the class path. The jar of"
                                                    + " bus-core is incomplete."));

    private StandardMapper() {}
}
