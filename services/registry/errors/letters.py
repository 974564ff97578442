"""Refusals about duty letters (REG-07).

WanggeError
├── Forbidden     NotASigner       only the two whom a letter names sign it
├── NotFound      LetterNotFound
└── Conflict
    ├── LetterSigned      what somebody has signed is not changed any more
    ├── LetterOver        ended or superseded: draft a new one
    ├── SignerLeft        the person no longer holds the post: draft a new one with who came after
    └── NoGridAbove       the grid has none above it
"""

from services.chassis.errors import Conflict, Forbidden, NotFound


class NotASigner(Forbidden):
    code = "not-a-signer"
    zh = "责任状只能由其所列的上级、下级责任人本人签字"
    en = "A duty letter is signed only by the two persons whom it names"


class LetterNotFound(NotFound):
    zh = "没有找到责任状 {id},或不在您的可见范围之内"
    en = "There is no duty letter {id}, or it is outside your scope"


class LetterSigned(Conflict):
    code = "letter-signed"
    zh = "责任状已有人签字,内容不能再改;请终止后重新起草"
    en = "Somebody has signed the duty letter, its words stay; end it and draft a new one"


class LetterOver(Conflict):
    code = "letter-over"
    zh = "责任状已终止或已被替换(状态 {state}),请重新起草"
    en = "The duty letter is over (state {state}); draft a new one"


class SignerLeft(Conflict):
    code = "signer-left"
    zh = "责任人 {person} 今天已不在网格 {grid} 任职;请与继任者重新起草"
    en = "{person} holds no post in grid {grid} today; draft a new letter with who came after"


class NoGridAbove(Conflict):
    code = "no-grid-above"
    zh = "网格 {grid} 没有上级网格,不签责任状"
    en = "Grid {grid} has no grid above it to sign a duty letter with"
