-- SPDX-License-Identifier: Apache-2.0
-- What wixl 0.101 has no element for, or gets wrong; one statement a line. build_msi.py runs them after wixl.

-- Component conditions: wixl's Component has none.
UPDATE `Component` SET `Condition`='SERVERURL' WHERE `Component`='ServerUrl'
UPDATE `Component` SET `Condition`='HIDEOTHERPROVIDERS' WHERE `Component`='HideOtherProviders'
UPDATE `Component` SET `Condition`='ALLOWEDPROVIDERS' WHERE `Component`='AllowedProviders'

-- Property/@Secure is ignored. What an administrator gives reaches the installer's service although he starts as an ordinary user.
UPDATE `Property` SET `Value`='ALLOWEDPROVIDERS;HIDEOTHERPROVIDERS;OLDALLOWED;OLDHIDE;OLDSERVERURL;SERVERURL;WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED' WHERE `Property`='SecureCustomProperties'

-- wixl sorts actions to the end of the sequence. Kept values come after the conditions, so that only what is given now is judged, and before the costs.
UPDATE `InstallExecuteSequence` SET `Sequence`=110 WHERE `Action`='KeepServerUrl'
UPDATE `InstallExecuteSequence` SET `Sequence`=111 WHERE `Action`='KeepHidden'
UPDATE `InstallExecuteSequence` SET `Sequence`=112 WHERE `Action`='KeepShown'
UPDATE `InstallExecuteSequence` SET `Sequence`=113 WHERE `Action`='KeepAllowed'

-- The old version goes at the beginning of the transaction: when the new one can't be installed, the old one is brought back.
UPDATE `InstallExecuteSequence` SET `Sequence`=1550 WHERE `Action`='RemoveExistingProducts'
