(function () {
  'use strict';
  var form = document.getElementById('filter');
  var told = document.getElementById('told');
  var home = document.getElementById('groups');
  if (!form || !home) { return; }
  var NAMES = ['status', 'severity', 'framework', 'owner', 'system', 'search', 'group'];
  var START = '#show:';
  var words = function (text) { return text ? text.split(' ') : []; };
  var items = Array.prototype.map.call(document.querySelectorAll('[data-s]'), function (el) {
    var data = el.dataset;
    return {
      el: el, home: el.parentNode, finding: el.tagName === 'DETAILS', status: data.s,
      severities: words(data.v), requirements: words(data.r), owners: words(data.o), systems: words(data.y), text: null
    };
  });
  var findings = items.filter(function (one) { return one.finding; });
  var made = null;
  var grouped = '';

  function chosen(name) {
    var field = form.elements[name];
    var option = field.selectedOptions && field.selectedOptions[0];
    return (option && option.dataset.key) || field.value;
  }

  function matches(one, want) {
    return (!want.status || one.status === want.status) &&
      (!want.severity || one.severities.indexOf(want.severity) >= 0) &&
      (!want.framework || one.requirements.some(function (at) { return at.split('-')[0] === want.framework; })) &&
      (!want.owner || (want.owner === 'none' ? one.finding && !one.owners.length : one.owners.indexOf(want.owner) >= 0)) &&
      (!want.system || one.systems.indexOf(want.system) >= 0) &&
      want.search.every(function (part) { return text(one).indexOf(part) >= 0; });
  }

  /* What is searched: all that the element says. Read once, and before anyone types where there is time. */
  function text(one) {
    if (one.text === null) { one.text = (one.el.textContent + ' ' + one.el.id).toLowerCase(); }
    return one.text;
  }

  function ahead(from) {
    if (!window.requestIdleCallback) { return; }
    requestIdleCallback(function (time) {
      var at = from;
      while (at < items.length && time.timeRemaining() > 2) { text(items[at]); at += 1; }
      if (at < items.length) { ahead(at); }
    });
  }

  function label(select, key) {
    var option = form.elements[select].querySelector('option[data-key="' + key + '"]');
    return option ? option.textContent : '';
  }

  /* What a finding is grouped under: an order and a heading. A finding of several owners or systems stands under the first. */
  function heading(one, by, framework) {
    var key, rank = ['critical', 'high', 'medium', 'low'];
    if (by === 'severity') { return [rank.indexOf(one.severities[0]), one.severities[0]]; }
    if (by === 'owner' && one.owners[0] === '-') { return [2, 'Waivers, which nobody owns']; }
    if (by === 'owner') { return one.owners.length ? [0, label('owner', one.owners[0])] : [1, 'No owner is known']; }
    if (by === 'system') { return one.systems.length ? [0, label('system', one.systems[0])] : [1, 'No system']; }
    if (by === 'ai') {
      key = one.systems.filter(function (at) {
        var option = form.elements.system.querySelector('option[data-key="' + at + '"]');
        return option && option.hasAttribute('data-ai');
      })[0];
      return key === undefined ? [1, 'No AI system'] : [0, label('system', key)];
    }
    key = one.requirements.filter(function (at) { return at.split('-')[0] === framework; })[0];
    if (key === undefined) { return [1e9, 'No requirement of this framework']; }
    var title = document.querySelector('#requirement-' + key + ' .title');
    return [Number(key.split('-')[1]), title ? title.textContent : key];
  }

  function regroup(by, framework) {
    var name = by + (by ? '' : framework);
    if (name === grouped) { return; }
    grouped = name;
    if (made) { made.remove(); made = null; }
    home.hidden = !!name;
    if (!name) {
      findings.forEach(function (one) { one.home.appendChild(one.el); });
      return;
    }
    var groups = new Map();
    findings.forEach(function (one) {
      var head = heading(one, by, framework);
      if (!groups.has(head[1])) { groups.set(head[1], { rank: head[0], title: head[1], items: [] }); }
      groups.get(head[1]).items.push(one);
    });
    made = document.createElement('div');
    Array.from(groups.values()).sort(function (a, b) {
      return a.rank - b.rank || (a.title < b.title ? -1 : a.title > b.title ? 1 : 0);
    }).forEach(function (group) {
      var section = document.createElement('section');
      var title = document.createElement('h3');
      var count = document.createElement('span');
      section.className = 'group';
      count.className = 'quiet count';
      title.append(group.title + ' ', count);
      section.append(title);
      group.items.sort(function (a, b) { return number(a) - number(b); });
      group.items.forEach(function (one) { section.append(one.el); });
      made.append(section);
    });
    home.after(made);
  }

  function number(one) { return Number(one.el.id.split('-')[1]); }

  function count(n, one, many) { return n + ' ' + (n === 1 ? one : many); }

  /* Findings, and apart from them those that a waiver covers. */
  function found(n, waived) { return count(n, 'finding', 'findings') + (waived ? ' and ' + waived + ' waived' : ''); }

  function apply(keep) {
    var want = { search: words(form.elements.search.value.trim().toLowerCase().replace(/\s+/g, ' ')) };
    NAMES.forEach(function (name) { if (name !== 'search') { want[name] = chosen(name); } });
    var shown = { fail: 0, waived: 0, unknown: 0, pass: 0 }, all = { fail: 0, waived: 0, unknown: 0, pass: 0 };
    var groups = new Map();
    regroup(want.group, want.framework);
    items.forEach(function (one) {
      var kind = one.status, yes = matches(one, want), group = one.el.parentNode;
      all[kind] += 1;
      if (yes) { shown[kind] += 1; }
      if (one.finding) {
        if (!groups.has(group)) { groups.set(group, { fail: 0, waived: 0 }); }
        if (yes) { groups.get(group)[kind] += 1; }
      }
      if (one.el.hidden === yes) { one.el.hidden = !yes; }
    });
    groups.forEach(function (n, group) {
      var told = group.querySelector('.count'), words = found(n.fail, n.waived), none = n.fail + n.waived === 0;
      if (group.hidden !== none) { group.hidden = none; }
      if (told && told.textContent !== words) { told.textContent = words; }
    });
    [['findings', ['fail', 'waived']], ['gaps', ['unknown']], ['passes', ['pass']]].forEach(function (pair) {
      var note = document.querySelector('#' + pair[0] + ' > .nothing');
      var sum = function (counts) { return pair[1].reduce(function (n, kind) { return n + counts[kind]; }, 0); };
      if (note) { note.hidden = sum(shown) > 0 || sum(all) === 0; }
    });
    told.textContent = 'Shown: ' + shown.fail + ' of ' + count(all.fail, 'finding', 'findings') +
      (all.waived ? ' and ' + shown.waived + ' of ' + all.waived + ' waived' : '') + ', ' +
      shown.unknown + ' of ' + count(all.unknown, 'gap', 'gaps') + ', ' +
      shown.pass + ' of ' + count(all.pass, 'check', 'checks') + ' with passes.';
    if (keep) {
      var state = new URLSearchParams();
      NAMES.forEach(function (name) {
        var value = form.elements[name].value;
        if (value) { state.set(name, value); }
      });
      var address = state.toString();
      try { history.replaceState(null, '', address ? START + address : location.pathname + location.search); } catch (error) { /* a page within a page */ }
    }
  }

  function read() {
    if (location.hash.indexOf(START) === 0) {
      var state = new URLSearchParams(location.hash.slice(START.length));
      NAMES.forEach(function (name) { form.elements[name].value = state.get(name) || ''; });
      NAMES.forEach(function (name) { if (form.elements[name].selectedIndex === -1) { form.elements[name].value = ''; } });
      apply(false);
      return true;
    }
    var target = document.getElementById(location.hash.slice(1));
    if (!target) { return false; }
    if (target.closest('[hidden]')) { form.reset(); apply(false); }
    for (var at = target; at; at = at.parentElement) { if (at.tagName === 'DETAILS') { at.open = true; } }
    target.scrollIntoView();
    return false;
  }

  function open(yes) {
    findings.forEach(function (one) { if (!one.el.hidden) { one.el.open = yes; } });
  }

  var waiting;
  form.addEventListener('submit', function (event) { event.preventDefault(); });
  form.addEventListener('change', function () { apply(true); });
  form.addEventListener('input', function (event) {
    if (event.target.name !== 'search') { return; }
    clearTimeout(waiting);
    waiting = setTimeout(function () { apply(true); }, 120);
  });
  form.addEventListener('reset', function () { setTimeout(function () { apply(true); }); });
  form.elements.open.addEventListener('click', function () { open(true); });
  form.elements.close.addEventListener('click', function () { open(false); });
  addEventListener('hashchange', read);

  /* What to do stands once, at the check; an opened finding shows it too. */
  document.addEventListener('toggle', function (event) {
    var link = event.target.open && event.target.matches('.finding') && event.target.querySelector('a[data-fix]');
    var fix = link && document.getElementById(link.hash.slice(1));
    if (!fix) { return; }
    var copy = fix.cloneNode(true);
    copy.removeAttribute('id');
    link.closest('.fix').append(copy);
    link.textContent = 'What to do';
    link.removeAttribute('data-fix');
  }, true);

  /* Paper has nothing to open. */
  var closed = [];
  addEventListener('beforeprint', function () {
    closed = Array.from(document.querySelectorAll('details:not([open])'));
    closed.forEach(function (one) { one.open = true; });
  });
  addEventListener('afterprint', function () { closed.forEach(function (one) { one.open = false; }); closed = []; });

  form.hidden = false;
  if (!read()) { apply(false); }
  ahead(0);
}());
