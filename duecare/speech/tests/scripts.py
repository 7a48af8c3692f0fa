"""What collectors of different skill say in the tests, in both languages. {name} is the person called."""

from __future__ import annotations

from duecare.speech import Conversation, persona_of

_OPENING = {
    "en": [
        "Good morning, this is Tom Reed calling from Harbour Services. Am I speaking with {name}?",
        "Thank you. This call is recorded. I'm calling about the overdue balance on your account. Is now a good time?",
        "What has changed recently, that made it difficult?",
        "It sounds like this has been very stressful. Thank you for telling me.",
        "I'm sorry to hear that. You may ask for written proof or complain at any time, on the official number on your contract.",
        "Is there anything about your health or family we should take into account?",
    ],
    "zh": [
        "您好，我是海港服务公司的李敏，工号1023。请问您是{name}本人吗？",
        "谢谢。本次通话会录音，来电是想沟通您账户逾期还款的事。现在方便说几分钟吗？",
        "能跟我说说最近遇到什么困难了吗？",
        "听得出来，这段时间您压力很大。谢谢您愿意告诉我。",
        "真的很不容易。您有权索取书面凭证，也可以投诉，合同上有官方电话可以核实。",
        "您或家人的身体情况有需要我们特别留意的吗？",
    ],
}
_PLAN = {
    "en": [
        "So the money is tight. Roughly what comes in each month and what must go out?",
        "Which day does your money arrive?",
        "What monthly amount would not hurt your basic needs? Take your time, it is your decision.",
        "We could do a plan of 100 a month, starting on the 20th. Would that be bearable?",
        "So we agree: 100 on the 20th of each month, through the official account. Is that right?",
        "If anything changes, call us before that day and we find another way.",
        "To sum up: the plan, sum and day are recorded. Thank you for your time, goodbye.",
    ],
    "zh": [
        "您的意思是手头紧。每个月收入和必要开支大概是多少？",
        "钱一般几号到账？",
        "您觉得每月还多少不会影响基本生活？由您决定，不用现在答复。",
        "那我们分期，每月100元，20号开始，您看承受得了吗？",
        "那我们约定：每月20号还100元，通过官方账户，对吗？",
        "如果有变化，请提前联系我们，再想别的办法。",
        "总结一下：方案、金额和日期都记录好了，感谢您的配合，再见。",
    ],
}
_DISPUTE = {
    "en": [
        "You dispute the damaged part. I'll log your dispute and pause collection on it while we check.",
        "Which part of the delivery is undisputed, and when could you pay that?",
        "We could start with the undisputed part, 16,000 on the 20th. I'll have the credit note sent to you.",
        "So we agree: 16,000 on the 20th to the official account, and the rest rests until we answer. Is that right?",
        "If anything changes, call us before that day. Thank you for your time, goodbye.",
    ],
    "zh": [
        "您对坏的那部分有异议，我登记异议并核查，核查期间这部分暂停催收。",
        "没有争议的部分是多少？什么时候能付？",
        "可以先付没有争议的部分，16000元，20号。我请同事把红字发票发给您。",
        "那我们约定：20号付16000元，通过官方对公账户，其余部分等核实后再谈，对吗？",
        "如果有变化，请提前联系我们。感谢您的配合，再见。",
    ],
}
_REFERRAL = {
    "en": [
        "So nothing is left. Roughly what comes in each month and what must go out?",
        "No wonder you are tired. I'll pass this to our hardship team and pause the calls.",
        "If anything changes, call us. They will write to you; you need not do anything today.",
        "To sum up: the hardship team has it and the calls rest. Take care, goodbye.",
    ],
    "zh": [
        "您的意思是没有余钱。每个月收入和必要开支大概是多少？",
        "难怪您这么累。您的情况我转给困难帮扶专员，期间暂停外呼。",
        "如果有变化，请随时联系我们。专员会写信给您，您今天什么都不用做。",
        "总结一下：已转困难帮扶专员，来电暂停。请保重，再见。",
    ],
}
_STRANGER = {
    "en": [
        "Good morning, my name is Tom Reed from Harbour Services. Am I speaking with {name}?",
        "I'm sorry about that. It was a personal matter for {name} only.",
        "I apologise for the trouble. I will remove this number and we will not call you again. Goodbye.",
    ],
    "zh": [
        "您好，我是海港服务公司的李敏，请问您是{name}本人吗？",
        "抱歉打扰了，这是{name}本人的私人事务，我不便多说。",
        "给您添麻烦了，我会删除这个号码，不会再打给您。再见。",
    ],
}
POOR = {
    "en": [
        "You owe us money. When will you pay?",
        "That's your own problem, no excuses.",
        "Pay the full amount today.",
        "I'll ask you again: when will you pay?",
        "Are you paying or not?",
    ],
    "zh": [
        "你欠我们的钱什么时候还？",
        "这是你自己的问题，别找借口。",
        "今天全额还清可以吗？",
        "我再问一遍，什么时候还钱？",
        "到底还不还？",
    ],
}
UNLAWFUL = {
    "en": [
        "Pay, or I'll call your boss and tell him what you owe.",
        "Pay today or the police will arrest you tomorrow.",
    ],
    "zh": ["再不还就打给你单位领导。", "今天不还，明天警察就上门抓你。"],
}


def good_script(persona_id: str, lang: str) -> list[str]:
    """What a good collector says to this persona."""
    persona = persona_of(persona_id)
    rest = {"instalments": _PLAN, "dispute_pause": _DISPUTE, "referral": _REFERRAL}
    turns = _STRANGER[lang] if persona.right_end == "correction" else _OPENING[lang] + rest[persona.right_end][lang]
    return [turn.format(name=persona.names[lang]) for turn in turns]


def held(persona_id: str, lang: str, turns: list[str], seed: int = 1) -> Conversation:
    return Conversation.replay(persona_id, seed=seed, lang=lang, collector_turns=turns)
