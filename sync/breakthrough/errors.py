"""Every error this product raises. Printing them, and exiting, is the command line's work.

BreakthroughError
├ ConfigurationError  30   SettingInvalid 31 · TokenMissing 32 · ContentMissing 33 · DeploymentExists 34 ·
│                          PaperMissing 35
├ InstrumentError     40   DictionaryInvalid 41 · RemovalNotAllowed 42 · LogicInvalid 43 ·
│                          FieldsMissing 44 · CodesChanged 45
├ RedcapError         50   Unreachable* 51 · Busy* 52 (Overloaded* 58) · Refused 53 (AuthFailed 57) ·
│                          AnswerUnreadable* 54 · ImportRefused 55 · WrongProject 56 · DeletionsHeld 59
├ StoreError          60   StoreLocked* 61 · StoreOutOfDate 62
├ MeasureError        70   CountsRefused 71 (72–75 where every refused row has the same reason) · NameUnknown 76
├ ReportError         80   TemplateBroken 81 · NothingToReport 82 · NotAsSent 83 · RecordsUnfit 84
└ MailError           90   MailRefused 91 · MailUnreachable* 92

The number is the exit code of a command that ends with that error; its tens are the family.
* also TryAgain: the worker waits and tries these again, never any other.
"""

from __future__ import annotations

from typing import NamedTuple


class BreakthroughError(Exception):
    """Something this product cannot go on from. Its text says what happened, what it means, what to do."""

    exit_code = 1


class TryAgain(BreakthroughError):
    """Mixed into errors that may pass by themselves: waiting and repeating the same call is safe and may help."""


class ConfigurationError(BreakthroughError):
    """Settings, collaborative or content files are not usable as they stand."""

    exit_code = 30


class SettingInvalid(ConfigurationError):
    """A key or value in a settings file is not one we know; file, line and nearest known name are in the text."""

    exit_code = 31


class TokenMissing(ConfigurationError):
    """The reference to a secret leads nowhere. The text names the reference, never the secret."""

    exit_code = 32


class ContentMissing(ConfigurationError):
    """A file of the shipped or the deployment's content is not there."""

    exit_code = 33


class DeploymentExists(ConfigurationError):
    """A deployment folder would be overwritten."""

    exit_code = 34


class PaperMissing(ConfigurationError):
    """A PDF was asked for where the optional extra that makes it is not installed; the text names what to install."""

    exit_code = 35


class InstrumentError(BreakthroughError):
    """Instruments cannot be read or deployed as they stand."""

    exit_code = 40


class DictionaryInvalid(InstrumentError):
    """A data dictionary has a mistake; file, row, field and remedy are in the text."""

    exit_code = 41


class RemovalNotAllowed(InstrumentError):
    """A step would remove fields or choices from REDCap, and nobody said that it may."""

    exit_code = 42


class LogicInvalid(InstrumentError):
    """REDCap would not take a piece of logic. The text shows where, what was expected, what was probably meant.

    `reason` is the sentence alone and `code` names its kind; `position` counts characters from 0, `line` and `column`
    from 1; `excerpt` is that line with a caret below the place; `expected` names what could have stood there.
    """

    exit_code = 43

    def __init__(
        self,
        reason: str,
        *,
        code: str = "syntax",
        position: int = 0,
        line: int = 1,
        column: int = 1,
        excerpt: str = "",
        expected: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"Line {line}, column {column}: {reason}\n{excerpt}" if excerpt else reason)
        self.reason = reason
        self.code = code
        self.position = position
        self.line = line
        self.column = column
        self.excerpt = excerpt
        self.expected = expected


class FieldsMissing(InstrumentError):
    """REDCap's dictionary lacks fields that reports rest on: nothing is reported, as blanks would be false."""

    exit_code = 44


class CodesChanged(InstrumentError):
    """A code that may be stored in REDCap is gone or means something else now; each with its row of codes.csv."""

    exit_code = 45


class RedcapError(BreakthroughError):
    """REDCap did not do what was asked. Status and kind of answer are in the text, never its values or the token."""

    exit_code = 50


class Unreachable(RedcapError, TryAgain):
    """No answer from the server: name, network, time-out or certificate."""

    exit_code = 51


class Busy(RedcapError, TryAgain):
    """The server asks to come back later, or failed on its own side (429, 5xx). `wait`: seconds, if named."""

    def __init__(self, text: str, wait: float | None = None) -> None:
        super().__init__(text)
        self.wait = wait

    exit_code = 52


class Overloaded(Busy):
    """The request was too much for the server. The same one is not repeated at once; for less it may have an answer."""

    exit_code = 58


class Refused(RedcapError):
    """The token, a right or a parameter was refused. Repeating the call cannot help and may get the address banned."""

    exit_code = 53


class AuthFailed(Refused):
    """The door is shut: token, user or this computer's address. Ask nothing more of the project until a person acts."""

    exit_code = 57


class AnswerUnreadable(RedcapError, TryAgain):
    """The answer is not the JSON that was asked for: a maintenance page, a proxy, or a body cut short."""

    exit_code = 54


class Refusal(NamedTuple):
    """One value REDCap would not take: whose, in which field, and why. What the value was is left out."""

    record: str
    field: str
    reason: str


class ImportRefused(RedcapError):
    """REDCap refused rows of an import; nothing of that import was written. `refusals` is empty where it named none."""

    def __init__(self, text: str, refusals: tuple[Refusal, ...] = ()) -> None:
        super().__init__(text)
        self.refusals = refusals

    exit_code = 55


class WrongProject(RedcapError):
    """The token belongs to another project than the one this store was filled from."""

    exit_code = 56


class DeletionsHeld(RedcapError):
    """REDCap no longer lists so many records that a person has to say that they are gone. Until then reports wait."""

    exit_code = 59


class StoreError(BreakthroughError):
    """The local store cannot be used as it stands."""

    exit_code = 60


class StoreLocked(StoreError, TryAgain):
    """Another process is writing to the store."""

    exit_code = 61


class StoreOutOfDate(StoreError):
    """The store was made by another version. Run: breakthrough store upgrade."""

    exit_code = 62


class MeasureError(BreakthroughError):
    """Measures cannot be worked out, or counts cannot be taken in."""

    exit_code = 70


class CountsRefused(MeasureError):
    """Rows of a counts file were refused; the text says which and why. Nothing of the file was written."""

    exit_code = 71


class NameUnknown(MeasureError):
    """There is no team or measure of that name; the nearest that there are stand in the text."""

    exit_code = 76


class ReportError(BreakthroughError):
    """A report cannot be made."""

    exit_code = 80


class TemplateBroken(ReportError):
    """A template has a mistake; file and line are in the text. `files` are those it came through, its own last."""

    exit_code = 81

    def __init__(self, told: str, files: tuple[str, ...] = ()) -> None:
        super().__init__(told)
        self.files = files


class NothingToReport(ReportError):
    """There is nothing to report for the month asked for."""

    exit_code = 82


class RecordsUnfit(ReportError):
    """The records are older than reports may be made of, or not all of them could be read."""

    exit_code = 84


class NotAsSent(ReportError):
    """A report that was sent could not be made again as it was sent."""

    exit_code = 83


class MailError(BreakthroughError):
    """Mail could not be handed over."""

    exit_code = 90


class MailRefused(MailError):
    """The mail server refused for good: login, sender or recipient."""

    exit_code = 91


class MailUnreachable(MailError, TryAgain):
    """The mail server does not answer, or asks to come back later."""

    exit_code = 92
